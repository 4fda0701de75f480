// Rejection-inversion: it draws a continuous x by inversion of the density's integral. Rank k has
// the strip from k - 1/2 to k + 1/2. The density is convex, so the strip's area is at least the
// density at k. Rejecting the rest of the area makes the probability of rank k exact.
#include "load/distribution.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace seshdb::bench {

namespace {

constexpr double kHalf = 0.5;
constexpr double kGoldenRatio = 0.6180339887498949;
constexpr std::uint32_t kStepsTried = 16;  // on either side of it
constexpr std::uint32_t kRanksApart = 32;  // of zipf's ranks the first few are what counts

}  // namespace

Zipf::Zipf(std::uint32_t count, double exponent) : count_(count), exponent_(exponent) {
  // The strip of rank 1 is cut to the accepted part, because no rank is below it.
  area_begin_ = integral(1 + kHalf) - density(1);
  area_end_ = integral(count_ + kHalf);
  // From here up to k + 1/2 an x of rank 2 is accepted. The curve gets flatter, so the same
  // distance holds for all higher ranks.
  sure_ = 2 - inverse(integral(2 + kHalf) - density(2));
}

std::uint32_t Zipf::draw(SplitMix& random) const {
  for (;;) {
    const double area = area_end_ + random.unit() * (area_begin_ - area_end_);
    const double x = inverse(area);
    const double rank = std::clamp(std::floor(x + kHalf), 1.0, count_);
    if (rank - x <= sure_ || area >= integral(rank + kHalf) - density(rank)) {
      return static_cast<std::uint32_t>(rank);
    }
  }
}

double Zipf::density(double x) const { return std::exp(-exponent_ * std::log(x)); }

// (x^(1-s) - 1) / (1 - s), and log x at s = 1; expm1 keeps the digits where s is close to 1.
double Zipf::integral(double x) const {
  const double power = 1 - exponent_;
  return power == 0 ? std::log(x) : std::expm1(power * std::log(x)) / power;
}

double Zipf::inverse(double area) const {
  const double power = 1 - exponent_;
  if (power == 0) return std::exp(area);
  return std::exp(std::log1p(std::max(power * area, -1.0)) / power);  // rounding may go below -1
}

// Multiples of a step near the golden section of `count` are spread evenly. Of the integers near
// it, this takes the one that keeps the first ranks farthest apart.
Scatter::Scatter(std::uint32_t count) : count_(count), step_(1) {
  const auto golden = static_cast<std::uint32_t>(count * kGoldenRatio);
  std::uint32_t best = 0;
  for (std::uint32_t step = std::max(golden, kStepsTried) - kStepsTried + 1;
       step < golden + kStepsTried; ++step) {
    if (std::gcd(step, count_) != 1) continue;
    std::uint32_t least = count_;
    for (std::uint32_t apart = 1; apart < std::min(kRanksApart, count_); ++apart) {
      const auto forward = static_cast<std::uint32_t>(std::uint64_t{step} * apart % count_);
      least = std::min({least, forward, count_ - forward});
    }
    if (least <= best) continue;
    best = least;
    step_ = step;
  }
}

}  // namespace seshdb::bench
