// seshdb keygen: makes a key for a client.
#pragma once

#include <string>

namespace seshdb::admin {

/// Prints a new key, which is kept nowhere, and the line of it for the file of --auth-file. Returns
/// the exit status.
[[nodiscard]] int make_key(const std::string& name, const std::string& role);

}  // namespace seshdb::admin
