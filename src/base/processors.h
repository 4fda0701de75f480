// The processors that this process may use.
#pragma once

#include <cstdint>

namespace seshdb {

/// How many there are: 1 to limits::kThreadsMost.
[[nodiscard]] std::uint32_t usable_processors();

}  // namespace seshdb
