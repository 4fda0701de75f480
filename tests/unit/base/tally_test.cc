// Counts and durations, at the bounds of the buckets.
#include <gtest/gtest.h>

#include <thread>

#include "base/tally.h"

namespace seshdb {

TEST(Count, adds_and_is_set) {
  Count count;
  EXPECT_EQ(count.get(), 0U);
  count.add();
  count.add(41);
  EXPECT_EQ(count.get(), 42U);
  count.set(7);
  EXPECT_EQ(count.get(), 7U);
}

TEST(Count, is_read_by_others_while_its_owner_adds) {
  constexpr std::uint64_t kMost = 100'000;
  Count count;
  std::thread owner([&count] {
    for (std::uint64_t i = 0; i < kMost; ++i) count.add();
  });
  std::uint64_t seen = 0;
  while (seen < kMost) {
    const std::uint64_t now = count.get();
    ASSERT_GE(now, seen);
    seen = now;
  }
  owner.join();
  EXPECT_EQ(count.get(), kMost);
}

TEST(Durations, stand_in_the_bucket_whose_bound_they_do_not_pass) {
  for (std::size_t bucket = 0; bucket < Durations::kBounds; ++bucket) {
    const std::uint64_t bound_ns = Durations::bound_us(bucket) * 1'000;
    Durations durations;
    durations.add(bound_ns);
    EXPECT_EQ(durations.count(bucket), 1U) << bucket;
    durations.add(bound_ns + 1);
    EXPECT_EQ(durations.count(bucket), 1U) << bucket;
    EXPECT_EQ(durations.count(bucket + 1), 1U) << bucket;
    EXPECT_EQ(durations.sum_ns(), 2 * bound_ns + 1);
  }
}

TEST(Durations, reach_from_nothing_to_any_time) {
  EXPECT_EQ(Durations::bound_us(0), 1U);
  EXPECT_GE(Durations::bound_us(Durations::kBounds - 1), 1'000'000U);
  Durations durations;
  durations.add(0);
  durations.add(1);
  durations.add(std::uint64_t{1} << 60U);
  EXPECT_EQ(durations.count(0), 2U);
  EXPECT_EQ(durations.count(Durations::kBounds), 1U);
}

}  // namespace seshdb
