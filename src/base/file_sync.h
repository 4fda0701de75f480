// What stands on the disk by name and is to be there after a power failure.
#pragma once

#include <string>

namespace seshdb {

/// Returns when the file at `path` is on the disk (fsync), or, of a folder, the names in it. Gives
/// 0 or an errno.
[[nodiscard]] int sync_path(const std::string& path);

/// Makes a folder, for its owner only; its name lasts then. Gives 0 or an errno: EEXIST where
/// something is there already.
[[nodiscard]] int make_folder(const std::string& path);

}  // namespace seshdb
