// What a run found out.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "load/histogram.h"
#include "load/mix.h"
#include "load/process.h"
#include "load/requests.h"

namespace seshdb::bench {

/// The requests of one kind.
struct Row {
  Histogram latency_ns;
  std::uint64_t errors = 0;
};

/// Kinds of requests: the works, and what works need besides (Step::kNewAgain and above).
inline constexpr std::size_t kUpkeepRow = kWorkNames.size();
inline constexpr std::size_t kRows = kUpkeepRow + 1;
[[nodiscard]] constexpr std::size_t row_of(std::uint8_t step) {
  return step < kUpkeepRow ? step : kUpkeepRow;
}
[[nodiscard]] constexpr std::string_view row_name(std::size_t row) {
  return row == kUpkeepRow ? "upkeep" : kWorkNames.at(row);
}

struct Result {
  double setup_s = 0;
  Memory memory_before;  // all of these of the server; zeros where no process was watched
  Memory memory_after_setup;
  Memory memory;
  std::uint64_t server_cpu_ns = 0;

  double seconds = 0;
  std::vector<Row> rows{kRows};  // by row_of
  std::string first_error;
  std::uint64_t unanswered = 0;  // sent, and not answered long after the end
  std::uint64_t own_cpu_ns = 0;
  double expiry_after_s = 0;  // --expire-at-once: from the begin of the measured time on
};

}  // namespace seshdb::bench
