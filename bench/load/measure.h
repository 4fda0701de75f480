// One complete run: connects, makes the sessions, warms up and measures.
#pragma once

#include "load/options.h"
#include "load/result.h"

namespace seshdb::bench {

/// Throws std::runtime_error if the server answers something unexpected.
[[nodiscard]] Result measure(const Options& options);

}  // namespace seshdb::bench
