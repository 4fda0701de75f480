// `seshdb backup`: a copy of a data directory that may be in use.
#pragma once

#include <string>

namespace seshdb::admin {

/// Copies the directory to `to`, which is made, while a server may be using it. The copy is as the
/// directory stood at a moment meanwhile, for each core. Gives the exit
/// status.
[[nodiscard]] int back_up_data(const std::string& path, const std::string& to);

}  // namespace seshdb::admin
