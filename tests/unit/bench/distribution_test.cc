// Draws with fixed seeds, compared with the exact probabilities.
#include "load/distribution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>
#include <vector>

namespace seshdb::bench {

namespace {

constexpr std::uint32_t kDraws = 400'000;

// How far `hits` of kDraws are from `share`, in standard deviations.
double deviation(std::uint32_t hits, double share) {
  const double expected = kDraws * share;
  return std::abs(hits - expected) / std::sqrt(expected * (1 - share) + 1);
}

}  // namespace

TEST(Zipf, gives_each_rank_its_share) {
  for (const auto& [count, exponent] : std::vector<std::tuple<std::uint32_t, double>>{
           {1, 0.99}, {2, 0.99}, {10, 0.5}, {10, 1.0}, {10, 3.0}, {1'000, 0.99}, {1'000, 1.2}}) {
    double sum = 0;
    for (std::uint32_t rank = 1; rank <= count; ++rank) sum += std::pow(rank, -exponent);
    const Zipf zipf(count, exponent);
    SplitMix random(7);
    std::vector<std::uint32_t> hits(count + 1);
    for (std::uint32_t i = 0; i < kDraws; ++i) {
      const std::uint32_t rank = zipf.draw(random);
      ASSERT_GE(rank, 1U);
      ASSERT_LE(rank, count);
      ++hits.at(rank);
    }
    for (std::uint32_t rank = 1; rank <= count; ++rank) {
      EXPECT_LT(deviation(hits.at(rank), std::pow(rank, -exponent) / sum), 5)
          << "rank " << rank << " of " << count << ", exponent " << exponent;
    }
  }
}

TEST(Zipf, stays_within_its_ranks_where_numbers_are_extreme) {
  for (const double exponent : {0.01, 0.999999999, 1.0, 1.000000001, 10.0}) {
    const Zipf zipf(100'000'000, exponent);
    SplitMix random(3);
    for (int i = 0; i < 10'000; ++i) {
      const std::uint32_t rank = zipf.draw(random);
      ASSERT_GE(rank, 1U);
      ASSERT_LE(rank, 100'000'000U);
    }
  }
}

TEST(Scatter, gives_each_index_a_place_of_its_own) {
  for (std::uint32_t count = 1; count <= 300; ++count) {
    const Scatter scatter(count);
    std::set<std::uint32_t> places;
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t place = scatter.place(i);
      ASSERT_LT(place, count);
      places.insert(place);
    }
    EXPECT_EQ(places.size(), count);
  }
}

TEST(Scatter, keeps_the_hottest_apart) {
  for (const std::uint32_t count : {1'000U, 65'536U, 100'000U, 99'999'989U, 100'000'000U}) {
    const Scatter scatter(count);
    std::vector<std::uint32_t> places;
    for (std::uint32_t i = 0; i < 32; ++i) places.push_back(scatter.place(i));
    std::sort(places.begin(), places.end());
    for (std::size_t i = 1; i < places.size(); ++i) {
      EXPECT_GT(places[i] - places[i - 1], count / 200) << count;
    }
  }
}

TEST(SessionDistribution, is_even_where_it_is_uniform) {
  constexpr std::uint32_t kCount = 100;
  const SessionDistribution distribution(Options{}, kCount);
  SplitMix random(11);
  std::vector<std::uint32_t> hits(kCount);
  for (std::uint32_t i = 0; i < kDraws; ++i) ++hits.at(distribution.draw(random));
  for (const std::uint32_t count : hits) EXPECT_LT(deviation(count, 1.0 / kCount), 5);
}

TEST(SessionDistribution, has_its_zipf_ranks_scattered) {
  constexpr std::uint32_t kCount = 1'000;
  Options options;
  options.distribution = Distribution::kZipf;
  const SessionDistribution distribution(options, kCount);
  SplitMix random(11);
  std::vector<std::uint32_t> hits(kCount);
  for (std::uint32_t i = 0; i < kDraws; ++i) ++hits.at(distribution.draw(random));
  const Scatter scatter(kCount);
  EXPECT_EQ(std::max_element(hits.begin(), hits.end()) - hits.begin(), scatter.place(0));
  EXPECT_GT(hits.at(scatter.place(0)), 5 * hits.at((scatter.place(0) + 1) % kCount));
}

}  // namespace seshdb::bench
