// Counters and durations that one thread writes and any thread may read. A write costs as much as
// to a plain variable, and no thread waits. Two threads must never write the same one.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace seshdb {

class Count {
 public:
  // The writing thread only.
  void add(std::uint64_t more = 1) { set(get() + more); }
  void set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }

  /// Any thread.
  [[nodiscard]] std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// A histogram of durations: one bucket for each doubling from a microsecond to a second, and one
/// for longer durations.
class Durations {
 public:
  static constexpr std::size_t kBounds = 21;

  /// The longest duration in bucket `index`, in microseconds. The last bucket has no bound.
  [[nodiscard]] static constexpr std::uint64_t bound_us(std::size_t index) {
    return std::uint64_t{1} << index;
  }

  void add(std::uint64_t ns) {
    const std::uint64_t whole_us = ns == 0 ? 0 : (ns - 1) / 1'000;
    const auto bits = static_cast<std::size_t>(std::bit_width(whole_us));
    buckets_[std::min(bits, kBounds)].add();
    sum_ns_.add(ns);
  }

  /// The count of bucket `index` alone; kBounds is the last bucket. Any thread.
  [[nodiscard]] std::uint64_t count(std::size_t index) const { return buckets_[index].get(); }
  [[nodiscard]] std::uint64_t sum_ns() const { return sum_ns_.get(); }

 private:
  std::array<Count, kBounds + 1> buckets_;
  Count sum_ns_;
};

}  // namespace seshdb
