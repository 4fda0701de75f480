// Reading the machine's clocks, and the steady relation between the two scales.
#include "base/clock.h"

#include <ctime>

namespace seshdb {

namespace {

constexpr std::int64_t kMsPerSecond = 1'000;
constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;
// Below this, a difference is drift or the rounding of two readings, not a clock that was set.
constexpr std::int64_t kStepMs = 500;

// What the monotonic scale reads when the machine starts: 20 years, so that deadlines of sessions
// that were kept from before have a place on it. With the longest duration added, a count of
// seconds still fits into 32 bits.
constexpr std::uint64_t kBootMs = 631'152'000'000;

std::int64_t read_ms(clockid_t id) {
  timespec now{};
  clock_gettime(id, &now);
  return static_cast<std::int64_t>(now.tv_sec) * kMsPerSecond + now.tv_nsec / kNsPerMs;
}

}  // namespace

std::uint64_t SystemClock::now_ms() const {
  return kBootMs + static_cast<std::uint64_t>(read_ms(CLOCK_BOOTTIME));
}

std::uint64_t SystemClock::now_ns() const {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec * kNsPerSecond + now.tv_nsec);
}

std::int64_t SystemClock::unix_ms() const { return read_ms(CLOCK_REALTIME); }

std::int64_t Clock::to_unix_ms(std::uint64_t ms) const {
  const std::int64_t offset = unix_ms() - static_cast<std::int64_t>(now_ms());
  std::int64_t kept = offset_ms_.load(std::memory_order_relaxed);
  if (kept == INT64_MIN || offset - kept > kStepMs || kept - offset > kStepMs) {
    kept = offset;
    offset_ms_.store(offset, std::memory_order_relaxed);
  }
  return kept + static_cast<std::int64_t>(ms);
}

}  // namespace seshdb
