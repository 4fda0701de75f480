// The generator's random numbers: SplitMix64 (Steele, Lea and Flood, 2014). It is fast, and gives
// the same numbers for the same seed. Not for secrets.
#pragma once

#include <cstdint>

namespace seshdb::bench {

class SplitMix {
 public:
  explicit SplitMix(std::uint64_t seed) : state_(seed) {}

  [[nodiscard]] std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }
  /// 0 to `count` - 1. REQUIRES: count > 0.
  [[nodiscard]] std::uint32_t below(std::uint32_t count) {
    return static_cast<std::uint32_t>(next() % count);
  }
  /// From 0 (inclusive) to 1 (exclusive).
  [[nodiscard]] double unit() { return static_cast<double>(next() >> 11U) * 0x1p-53; }

 private:
  std::uint64_t state_;
};

}  // namespace seshdb::bench
