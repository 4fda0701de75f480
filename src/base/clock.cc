// Reads the machine's clocks, and detects when the wall clock is set.
#include "base/clock.h"

#include <ctime>
#include <utility>

namespace seshdb {

namespace {

constexpr std::int64_t kMsPerSecond = 1'000;
constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr int kReadings = 3;

// The monotonic scale starts at 20 years when the machine boots, so that it can express deadlines
// from before the boot. With the longest duration added, a count of seconds still fits into 32
// bits.
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

// A thread that is interrupted between its readings of the two clocks sees a step that did not
// happen. So a step counts only when two readings in a row agree.
std::int64_t Clock::unix_offset_ms() const {
  const auto is_step = [](std::int64_t a, std::int64_t b) {
    return a - b > kStepMs || b - a > kStepMs;
  };
  const std::int64_t kept = offset_ms_.load(std::memory_order_relaxed);
  std::int64_t offset = read_offset_ms();
  if (kept != INT64_MIN && !is_step(offset, kept)) return kept;
  for (int i = 0; i < kReadings; ++i) {
    const std::int64_t again = read_offset_ms();
    if (!is_step(again, std::exchange(offset, again))) break;
  }
  if (kept != INT64_MIN && !is_step(offset, kept)) return kept;
  offset_ms_.store(offset, std::memory_order_relaxed);
  return offset;
}

}  // namespace seshdb
