// One run from end to end: connected, sessions made, warmed up, measured.
#pragma once

#include "load/options.h"
#include "load/result.h"

namespace seshdb::bench {

/// Throws std::runtime_error where the server does not play along.
[[nodiscard]] Result measure(const Options& options);

}  // namespace seshdb::bench
