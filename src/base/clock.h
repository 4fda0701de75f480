// The only access to time. Deadlines use a monotonic scale that clock adjustments do not move. The
// wall clock is used only for what people read (SH_INFO, logs, HTTP dates).
#pragma once

#include <atomic>
#include <cstdint>

namespace seshdb {

/// A time in whole seconds, rounded down, also before 1970.
[[nodiscard]] constexpr std::int64_t whole_seconds(std::int64_t unix_ms) {
  constexpr std::int64_t kMsPerSecond = 1'000;
  return unix_ms / kMsPerSecond - (unix_ms % kMsPerSecond < 0 ? 1 : 0);
}

class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  /// Milliseconds on the monotonic scale; never goes back. Any thread.
  [[nodiscard]] virtual std::uint64_t now_ms() const = 0;
  /// Nanoseconds on a separate scale, for measuring durations. Any thread.
  [[nodiscard]] virtual std::uint64_t now_ns() const = 0;
  /// Unix time in milliseconds now. Any thread.
  [[nodiscard]] virtual std::int64_t unix_ms() const = 0;
  /// Unix time minus the monotonic scale, in milliseconds. It changes only when the wall clock is
  /// set: a difference up to kStepMs is drift and is ignored. Any thread.
  [[nodiscard]] std::int64_t unix_offset_ms() const;
  /// The Unix time in milliseconds at which the monotonic scale reads `ms`.
  [[nodiscard]] std::int64_t to_unix_ms(std::uint64_t ms) const {
    return unix_offset_ms() + static_cast<std::int64_t>(ms);
  }
  /// A larger change of the offset means that the wall clock was set.
  static constexpr std::int64_t kStepMs = 1'000;

 private:
  [[nodiscard]] std::int64_t read_offset_ms() const {
    return unix_ms() - static_cast<std::int64_t>(now_ms());
  }

  mutable std::atomic<std::int64_t> offset_ms_{INT64_MIN};
};

/// The machine's clock. It counts the time in which the machine was suspended (CLOCK_BOOTTIME).
class SystemClock final : public Clock {
 public:
  [[nodiscard]] std::uint64_t now_ms() const override;
  [[nodiscard]] std::uint64_t now_ns() const override;
  [[nodiscard]] std::int64_t unix_ms() const override;
};

/// A clock that stands still until a test moves it. Any thread.
class ManualClock final : public Clock {
 public:
  [[nodiscard]] std::uint64_t now_ms() const override { return now_ms_.load(); }
  [[nodiscard]] std::uint64_t now_ns() const override { return now_ms_.load() * 1'000'000; }
  [[nodiscard]] std::int64_t unix_ms() const override {
    return static_cast<std::int64_t>(now_ms_.load()) + offset_ms_.load();
  }
  /// Moves both clocks forward.
  void advance_ms(std::uint64_t ms) { now_ms_ += ms; }
  /// Sets the wall clock only, as an operator or NTP would.
  void set_unix_ms(std::int64_t ms) { offset_ms_ = ms - static_cast<std::int64_t>(now_ms_.load()); }

 private:
  static constexpr std::uint64_t kBeginMs = 1'000'000;

  std::atomic<std::uint64_t> now_ms_{kBeginMs};
  std::atomic<std::int64_t> offset_ms_{1'700'000'000'250 - static_cast<std::int64_t>(kBeginMs)};
};

}  // namespace seshdb
