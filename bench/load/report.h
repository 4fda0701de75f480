// Formats a result as text or as JSON.
#pragma once

#include <string>

#include "load/options.h"
#include "load/result.h"

namespace seshdb::bench {

[[nodiscard]] std::string report_json(const Options& options, const Result& result);
[[nodiscard]] std::string report_text(const Options& options, const Result& result);
[[nodiscard]] std::uint64_t error_count(const Result& result);

}  // namespace seshdb::bench
