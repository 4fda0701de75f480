// The result of a run.
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

/// The kinds of requests: one for each work, and one for the other steps (Step::kNewAgain and
/// above).
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
  Memory memory_before;  // these are the server's; zero if no process was watched
  Memory memory_after_setup;
  Memory memory;
  std::uint64_t server_cpu_ns = 0;

  double seconds = 0;
  std::vector<Row> rows{kRows};  // by row_of
  std::string first_error;
  std::uint64_t unanswered = 0;  // requests without an answer long after the end
  std::uint64_t own_cpu_ns = 0;
  double expiry_after_s = 0;  // --expire-at-once: since the beginning of the measured time
};

}  // namespace seshdb::bench
