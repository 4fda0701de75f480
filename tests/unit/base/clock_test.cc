// Two scales of time, and what a wall clock that jumps may change.
#include "base/clock.h"

#include <gtest/gtest.h>

namespace seshdb {

TEST(Clock, gives_one_moment_the_same_wall_time_while_the_clock_only_drifts) {
  ManualClock clock;
  const std::uint64_t moment = clock.now_ms() + 60'000;
  const std::int64_t first = clock.to_unix_ms(moment);
  EXPECT_EQ(first, clock.unix_ms() + 60'000);
  clock.advance_ms(10'000);
  clock.set_unix_ms(clock.unix_ms() + 200);  // drift
  EXPECT_EQ(clock.to_unix_ms(moment), first);
  clock.set_unix_ms(clock.unix_ms() + 3'600'000);  // an operator sets it
  EXPECT_EQ(clock.to_unix_ms(moment), first + 3'600'200);
}

TEST(Clock, of_the_system_never_goes_back) {
  const SystemClock clock;
  std::uint64_t last = clock.now_ms();
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t now = clock.now_ms();
    ASSERT_GE(now, last);
    last = now;
  }
  EXPECT_GT(clock.unix_ms(), 1'600'000'000'000);
}

}  // namespace seshdb
