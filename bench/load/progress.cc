// The setup has one line that is overwritten. The work has one line for each second.
#include "load/progress.h"

#include <unistd.h>

#include <cstdio>

namespace seshdb::bench {

namespace {

constexpr std::uint64_t kNsPerSecond = 1'000'000'000;
constexpr std::uint64_t kSetupPauseNs = kNsPerSecond / 5;

}  // namespace

Progress::Progress() : shown_(isatty(STDERR_FILENO) == 1) {}

void Progress::print_setup(std::uint64_t now, std::uint32_t pass, std::uint32_t passes,
                           std::uint32_t done, std::uint32_t all) {
  const double share = (pass + static_cast<double>(done) / all) / passes;
  std::fprintf(stderr, "\rsetup %3.0f %%", share * 100);
  next_ns_ = now + kSetupPauseNs;
}

void Progress::setup_done() {
  if (shown_) std::fputs("\rsetup 100 %\n", stderr);
  next_ns_ = 0;
}

void Progress::print_work(std::uint64_t now, std::uint64_t operations, bool warm_up) {
  if (last_ns_ != 0) {
    const double seconds = static_cast<double>(now - last_ns_) / kNsPerSecond;
    std::fprintf(stderr, "%4u s %10.0f operations/s%s\n", ++seconds_,
                 static_cast<double>(operations - last_operations_) / seconds,
                 last_warm_up_ ? "   (warm-up)" : "");
  }
  last_ns_ = now;
  last_operations_ = operations;
  last_warm_up_ = warm_up;
  next_ns_ = now + kNsPerSecond;
}

}  // namespace seshdb::bench
