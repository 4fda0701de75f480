// Makes files and folders durable, by name, so that they survive a power failure. Blocks.
#pragma once

#include <string>

namespace seshdb {

/// Syncs the file at `path` (fsync); for a folder, the names in it. Returns 0 or an errno.
[[nodiscard]] int sync_path(const std::string& path);

/// Makes a folder that only its owner can access, durably. Returns 0 or an errno: EEXIST if the
/// name is taken.
[[nodiscard]] int make_folder(const std::string& path);

}  // namespace seshdb
