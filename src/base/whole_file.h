// Reads small files whole.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace seshdb {

/// The content of a file of at most `bytes_max` bytes. The error is the reason alone, without the
/// path.
[[nodiscard]] Result<std::string> read_whole_file(const std::string& path, std::size_t bytes_max);

}  // namespace seshdb
