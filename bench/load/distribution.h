// Chooses the session of a request: all equally often (uniform), or a few very often (Zipf).
#pragma once

#include <cstdint>

#include "load/options.h"
#include "load/random.h"

namespace seshdb::bench {

/// Draws ranks 1 to n, rank k with a probability proportional to k^-exponent. Uses
/// rejection-inversion (W. Hörmann, G. Derflinger: Rejection-inversion to generate variates from
/// monotone discrete distributions. ACM TOMACS 6(3), 1996): exact, without tables, and with the
/// same time for any n.
class Zipf {
 public:
  /// REQUIRES: count > 0, exponent > 0.
  Zipf(std::uint32_t count, double exponent);
  [[nodiscard]] std::uint32_t draw(SplitMix& random) const;

 private:
  // The density x^-exponent, its integral from 1 to x, and the inverse of that.
  [[nodiscard]] double density(double x) const;
  [[nodiscard]] double integral(double x) const;
  [[nodiscard]] double inverse(double area) const;

  double count_;
  double exponent_;
  double area_begin_;
  double area_end_;
  double sure_;  // an x that is at most this far below its rank is never rejected
};

/// A permutation of `count` numbers that moves neighbours far apart. REQUIRES: count > 0.
class Scatter {
 public:
  explicit Scatter(std::uint32_t count);
  /// REQUIRES: index < count.
  [[nodiscard]] std::uint32_t place(std::uint32_t index) const {
    return static_cast<std::uint32_t>(index * std::uint64_t{step_} % count_);
  }

 private:
  std::uint32_t count_;
  std::uint32_t step_;  // has no common factor with count_
};

/// Draws indices of sessions, from 0 on, below `count`. REQUIRES: count > 0.
class SessionDistribution {
 public:
  SessionDistribution(const Options& options, std::uint32_t count)
      : count_(count),
        zipf_distributed_(options.distribution == Distribution::kZipf),
        zipf_(count, options.zipf_exponent),
        scatter_(count) {}

  [[nodiscard]] std::uint32_t draw(SplitMix& random) const {
    return zipf_distributed_ ? scatter_.place(zipf_.draw(random) - 1) : random.below(count_);
  }

 private:
  std::uint32_t count_;
  bool zipf_distributed_;
  Zipf zipf_;
  Scatter scatter_;
};

}  // namespace seshdb::bench
