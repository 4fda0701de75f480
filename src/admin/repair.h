// `seshdb check` checks whether a data directory is whole. `seshdb repair` keeps what is whole of a
// damaged one. Both print what they found on standard output, and return the exit status.
#pragma once

#include <string>

namespace seshdb::admin {

/// Reads everything and changes nothing. Returns 0 if the directory is whole, and 1 if it is
/// damaged or cannot be read. Needs as much memory as a server with these data.
[[nodiscard]] int check_data(const std::string& path);

/// Keeps what is whole, prints what is lost, and links the old files into a folder in the
/// directory. Returns 0 if the directory is whole now.
[[nodiscard]] int repair_data(const std::string& path);

}  // namespace seshdb::admin
