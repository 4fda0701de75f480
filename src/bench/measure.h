// One run: sessions made, warmed up, measured.
#pragma once

#include <cstdint>
#include <string>

#include "bench/histogram.h"
#include "bench/options.h"
#include "bench/process.h"

namespace seshdb::bench {

struct Result {
  double seconds = 0;
  std::uint64_t errors = 0;
  std::string first_error;
  Histogram latency_ns;
  std::uint64_t server_cpu_ns = 0;  // 0 where no process was watched
  Memory server_memory;
};

/// Throws std::runtime_error where the server does not play along.
[[nodiscard]] Result measure(const Options& options);

/// For people, or as JSON.
[[nodiscard]] std::string report(const Options& options, const Result& result);

}  // namespace seshdb::bench
