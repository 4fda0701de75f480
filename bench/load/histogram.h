// A histogram of latencies with an error of at most 1 %, from nanoseconds to minutes: its buckets
// grow with the value, as in Gil Tene's HdrHistogram. Fixed memory, no allocation when recording.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace seshdb::bench {

class Histogram {
 public:
  void record(std::uint64_t value) {
    ++buckets_.at(index_of(value));
    ++count_;
    max_ = value > max_ ? value : max_;
  }
  /// Adds everything that `other` has recorded.
  void add(const Histogram& other) {
    for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_.at(i) += other.buckets_.at(i);
    count_ += other.count_;
    max_ = other.max_ > max_ ? other.max_ : max_;
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::uint64_t max() const { return max_; }

  /// The quantile `share` (0 to 1): this share of all values is not above it.
  [[nodiscard]] std::uint64_t quantile(double share) const {
    const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(count_));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      seen += buckets_.at(i);
      if (seen > wanted) return highest_of(i) < max_ ? highest_of(i) : max_;
    }
    return max_;
  }

 private:
  static constexpr unsigned kBits = 7;  // 128 buckets for each doubling
  static constexpr std::size_t kSteps = std::size_t{1} << kBits;

  static std::size_t index_of(std::uint64_t value) {
    const auto width = static_cast<unsigned>(std::bit_width(value));
    if (width <= kBits) return static_cast<std::size_t>(value);
    const unsigned shift = width - kBits - 1;
    return (shift + 1) * kSteps + static_cast<std::size_t>((value >> shift) - kSteps);
  }
  static std::uint64_t highest_of(std::size_t index) {
    if (index < kSteps) return index;
    const std::size_t shift = index / kSteps - 1;
    return ((index % kSteps + kSteps + 1) << shift) - 1;
  }

  std::array<std::uint64_t, kSteps * (65 - kBits)> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace seshdb::bench
