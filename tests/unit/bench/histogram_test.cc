// Quantiles against sorted values.
#include "load/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "load/random.h"

namespace seshdb::bench {

TEST(Histogram, is_at_most_one_percent_above_the_truth) {
  Histogram histogram;
  SplitMix random(5);
  std::vector<std::uint64_t> values;
  for (int i = 0; i < 50'000; ++i) {
    values.push_back(random.next() >> (random.next() % 64));
    histogram.record(values.back());
  }
  std::sort(values.begin(), values.end());
  for (const double share : {0.0, 0.01, 0.5, 0.9, 0.99, 0.999, 0.99999}) {
    const auto truth = static_cast<double>(
        values.at(static_cast<std::size_t>(share * static_cast<double>(values.size()))));
    const auto told = static_cast<double>(histogram.quantile(share));
    EXPECT_GE(told, truth) << share;
    EXPECT_LE(told, truth * 1.01) << share;
  }
  EXPECT_EQ(histogram.max(), values.back());
  EXPECT_EQ(histogram.quantile(1), values.back());
  EXPECT_EQ(histogram.count(), values.size());
}

TEST(Histogram, keeps_small_and_the_largest_values_exactly) {
  for (const std::uint64_t value :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{255}, UINT64_MAX}) {
    Histogram histogram;
    histogram.record(value);
    EXPECT_EQ(histogram.quantile(0.5), value);
    EXPECT_EQ(histogram.max(), value);
  }
}

TEST(Histogram, is_zero_while_empty) {
  const Histogram histogram;
  EXPECT_EQ(histogram.quantile(0.99), 0U);
  EXPECT_EQ(histogram.max(), 0U);
}

TEST(Histogram, takes_up_another) {
  Histogram all;
  Histogram low;
  Histogram high;
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    low.record(i);
    high.record(i + 1'000'000);
    all.record(i);
    all.record(i + 1'000'000);
  }
  low.add(high);
  EXPECT_EQ(low.count(), all.count());
  EXPECT_EQ(low.max(), all.max());
  for (const double share : {0.1, 0.5, 0.9, 0.99})
    EXPECT_EQ(low.quantile(share), all.quantile(share));
}

}  // namespace seshdb::bench
