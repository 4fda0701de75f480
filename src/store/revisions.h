// Gives out the revisions of one core's sessions: each is greater than all before it.
#pragma once

#include <algorithm>
#include <cstdint>

namespace seshdb::store {

/// The greatest revision: what every JSON parser reads exactly.
inline constexpr std::uint64_t kRevisionMax = (std::uint64_t{1} << 53U) - 1;

class Revisions {
 public:
  [[nodiscard]] std::uint64_t current() const { return current_; }
  void next() { ++current_; }
  /// Later revisions are greater than the microseconds of `unix_ms`.
  void raise(std::int64_t unix_ms) {
    // Up to the year 2237, so that a wrong wall clock leaves numbers to count on.
    constexpr auto kMsMax = static_cast<std::int64_t>(kRevisionMax / 16 * 15 / kUsPerMs);
    const std::int64_t ms = std::clamp<std::int64_t>(unix_ms, 0, kMsMax);
    current_ = std::max(current_, static_cast<std::uint64_t>(ms) * kUsPerMs);
  }
  /// Later revisions are greater than those of `other`, too.
  void raise(const Revisions& other) { current_ = std::max(current_, other.current_); }

 private:
  static constexpr std::uint64_t kUsPerMs = 1'000;

  std::uint64_t current_ = 1;
};

}  // namespace seshdb::store
