// `seshdb backup`: copies a data directory. Never writes to the directory itself.
#pragma once

#include <string>

namespace seshdb::admin {

/// Copies the directory to the new folder `to`. A server may use the directory meanwhile. Each
/// core's data in the copy are as they were at one moment during the copy. Returns the exit status.
[[nodiscard]] int back_up_data(const std::string& path, const std::string& to);

}  // namespace seshdb::admin
