// Two scales of time, and what a wall clock that jumps may change.
#include "base/clock.h"

#include <gtest/gtest.h>

#include <vector>

namespace seshdb {

TEST(Clock, gives_one_moment_the_same_wall_time_while_the_clock_only_drifts) {
  ManualClock clock;
  const std::uint64_t moment = clock.now_ms() + 60'000;
  const std::int64_t first = clock.to_unix_ms(moment);
  EXPECT_EQ(first, clock.unix_ms() + 60'000);
  clock.advance_ms(10'000);
  clock.set_unix_ms(clock.unix_ms() + 1'000);  // drift
  EXPECT_EQ(clock.to_unix_ms(moment), first);
  clock.set_unix_ms(clock.unix_ms() - 2'000);
  EXPECT_EQ(clock.to_unix_ms(moment), first);
  clock.set_unix_ms(clock.unix_ms() - 1);  // more than a second: it was set
  EXPECT_EQ(clock.to_unix_ms(moment), first - 1'001);
  clock.set_unix_ms(clock.unix_ms() + 3'600'000);
  EXPECT_EQ(clock.to_unix_ms(moment), first + 3'598'999);
}

TEST(Clock, that_drifts_is_followed_once_it_is_more_than_a_second_away) {
  ManualClock clock;
  const std::int64_t first = clock.unix_offset_ms();
  for (int i = 0; i < 10; ++i) {
    clock.set_unix_ms(clock.unix_ms() + 100);
    EXPECT_EQ(clock.unix_offset_ms(), first);
  }
  clock.set_unix_ms(clock.unix_ms() + 100);
  EXPECT_EQ(clock.unix_offset_ms(), first + 1'100);
}

namespace {

// Its thread is delayed once between the readings of the two clocks.
class HeldUp final : public Clock {
 public:
  [[nodiscard]] std::uint64_t now_ms() const override { return 1'000; }
  [[nodiscard]] std::uint64_t now_ns() const override { return 0; }
  [[nodiscard]] std::int64_t unix_ms() const override {
    return ++readings == held_up ? 9'000'000 : 1'000'000;
  }
  mutable int readings = 0;
  int held_up = 0;
};

}  // namespace

TEST(Clock, is_not_taken_for_set_where_a_thread_is_held_up_between_two_readings) {
  for (int at = 1; at < 6; ++at) {
    HeldUp clock;
    clock.held_up = at;
    for (int i = 0; i < 6; ++i) EXPECT_EQ(clock.unix_offset_ms(), 999'000) << at;
  }
}

TEST(Clock, gives_times_before_1970_and_after_2262) {
  for (const std::int64_t unix_ms :
       std::vector<std::int64_t>{-5'000'000'123, -1, 0, 9'300'000'000'000, 99'000'000'000'000}) {
    ManualClock clock;
    clock.set_unix_ms(unix_ms);
    EXPECT_EQ(clock.unix_ms(), unix_ms);
    EXPECT_EQ(clock.to_unix_ms(clock.now_ms() + 7), unix_ms + 7);
  }
}

TEST(WholeSeconds, are_rounded_down_before_1970_too) {
  EXPECT_EQ(whole_seconds(1'999), 1);
  EXPECT_EQ(whole_seconds(0), 0);
  EXPECT_EQ(whole_seconds(-1), -1);
  EXPECT_EQ(whole_seconds(-1'000), -1);
  EXPECT_EQ(whole_seconds(-1'001), -2);
  EXPECT_EQ(whole_seconds(99'000'000'000'999), 99'000'000'000);
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
