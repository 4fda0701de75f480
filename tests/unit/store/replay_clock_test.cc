// Wall clocks that are set: a session keeps the time it has left, whatever they show.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "store/batch.h"
#include "store/replay.h"
#include "support/random.h"

namespace seshdb::store {

namespace {

constexpr std::int64_t kOffsetMs = 1'700'000'000'000;
constexpr std::int64_t kTenDaysMs = 864'000'000;
constexpr std::uint64_t kNowMs = 5'000'000;
constexpr Expiry kThousandSeconds = {.duration_s = 1'000};

// The result of a start with the clock at `unix_offset_ms`.
struct Start {
  Start(const Batch& batch, std::int64_t unix_offset_ms)
      : replay(store, {}, unix_offset_ms, kNowMs) {
    EXPECT_TRUE(replay.apply(batch.view()));
    replay.finish();
  }
  [[nodiscard]] std::uint64_t deadline_ms(std::uint64_t token) const {
    return store.peek(token)->deadline_ms();
  }
  Store store;
  Replay replay;
};

}  // namespace

TEST(ReplayedClock, that_was_set_expires_nobody_and_lengthens_nothing) {
  for (const std::int64_t shift_ms : {kTenDaysMs, -kTenDaysMs, -2 * kOffsetMs, 5 * kOffsetMs}) {
    Batch batch;
    batch.set_unix_offset_ms(kOffsetMs);
    batch.create(1, false, kThousandSeconds, kNowMs + 1'000'000, "");
    batch.clock(kOffsetMs + shift_ms, kNowMs);
    batch.create(2, false, kThousandSeconds, kNowMs + 900'000, "");
    batch.create(3, false, {}, 0, "");
    const Start start(batch, kOffsetMs + shift_ms);
    EXPECT_EQ(start.deadline_ms(1), kNowMs + 1'000'000) << shift_ms;
    EXPECT_EQ(start.deadline_ms(2), kNowMs + 900'000) << shift_ms;
    EXPECT_FALSE(start.store.peek(3)->expires());
    EXPECT_EQ(start.replay.behind_ms(), 0);
    EXPECT_EQ(start.replay.orphans(), 0U);
    EXPECT_EQ(start.replay.unix_offset_ms(), kOffsetMs + shift_ms);
  }
}

TEST(ReplayedClock, may_begin_before_1970_or_stand_at_its_first_moment) {
  // The offset by which the deadline of 1,000 s from now is the very first moment of 1970.
  constexpr std::int64_t kZero = -static_cast<std::int64_t>(kNowMs) - 1'000'000;
  for (const std::int64_t offset_ms : {kZero, kZero - 1, kZero - kOffsetMs, std::int64_t{0}}) {
    Batch batch;
    batch.set_unix_offset_ms(offset_ms);
    batch.create(1, false, kThousandSeconds, kNowMs + 1'000'000, "");
    EXPECT_EQ(Start(batch, offset_ms).deadline_ms(1), kNowMs + 1'000'000) << offset_ms;
    batch.clock(kOffsetMs, kNowMs);
    EXPECT_EQ(Start(batch, kOffsetMs).deadline_ms(1), kNowMs + 1'000'000) << offset_ms;
  }
}

TEST(ReplayedClock, may_go_forward_and_back_any_number_of_times) {
  testing::Dice dice(5);
  Batch batch;
  batch.set_unix_offset_ms(kOffsetMs);
  std::int64_t offset_ms = kOffsetMs;
  for (std::uint64_t token = 1; token <= 20'000; ++token) {
    batch.create(token, false, kThousandSeconds, kNowMs + 1 + token % 1'000'000, "");
    offset_ms = kOffsetMs + static_cast<std::int64_t>(dice.roll(1U << 31U)) * 1'000 - kOffsetMs / 2;
    batch.clock(offset_ms, kNowMs);
  }
  const Start start(batch, offset_ms);
  for (std::uint64_t token = 1; token <= 20'000; ++token) {
    ASSERT_EQ(start.deadline_ms(token), kNowMs + 1 + token % 1'000'000);
  }
}

TEST(ReplayedClock, lets_an_outage_count) {
  Batch batch;
  batch.set_unix_offset_ms(kOffsetMs);
  batch.create(1, false, kThousandSeconds, kNowMs + 1'000'000, "");
  batch.clock(kOffsetMs + kTenDaysMs, kNowMs);
  EXPECT_EQ(Start(batch, kOffsetMs + kTenDaysMs + 400'000).deadline_ms(1), kNowMs + 600'000);
}

TEST(ReplayedClock, that_stands_before_the_last_time_told_goes_on_from_there) {
  Batch batch;
  batch.set_unix_offset_ms(kOffsetMs);
  batch.create(1, false, kThousandSeconds, kNowMs + 1'000'000, "");
  batch.clock(kOffsetMs, kNowMs + 300'000);
  const Start start(batch, 0);  // a machine without a battery clock: it is 1970
  EXPECT_EQ(start.deadline_ms(1), kNowMs + 700'000);
  EXPECT_EQ(start.replay.behind_ms(), kOffsetMs + 300'000);
  EXPECT_EQ(start.replay.unix_offset_ms(), kOffsetMs + 300'000);
  const Start drifted(batch, kOffsetMs + 299'000);
  EXPECT_EQ(drifted.deadline_ms(1), kNowMs + 701'000);
  EXPECT_EQ(drifted.replay.behind_ms(), 0);
}

TEST(ReplayedClock, that_was_set_back_is_the_last_time_told) {
  Batch batch;
  batch.set_unix_offset_ms(kOffsetMs);
  batch.create(1, false, kThousandSeconds, kNowMs + 1'000'000, "");
  batch.clock(kOffsetMs, kNowMs);
  batch.clock(kOffsetMs - kTenDaysMs, kNowMs);
  const Start start(batch, kOffsetMs - kTenDaysMs);
  EXPECT_EQ(start.replay.behind_ms(), 0);
  EXPECT_EQ(start.deadline_ms(1), kNowMs + 1'000'000);
}

TEST(ReplayedClock, gives_no_session_more_than_its_duration_where_no_record_tells_of_it) {
  Batch batch;  // as an earlier version wrote it, on a clock ten days ahead
  batch.set_unix_offset_ms(kOffsetMs);
  batch.create(1, false, kThousandSeconds, kNowMs + 500'000, "");
  EXPECT_EQ(Start(batch, kOffsetMs - kTenDaysMs).deadline_ms(1), kNowMs + 1'000'000);
  EXPECT_EQ(Start(batch, kOffsetMs).deadline_ms(1), kNowMs + 500'000);
}

TEST(ReplayedClock, keeps_a_hundred_years_from_a_moment_after_2262) {
  constexpr std::int64_t kLateMs = 10'000'000'000'000;
  constexpr Expiry kCentury = {.duration_s = 3'155'760'000};
  constexpr std::uint64_t kDeadlineMs = kNowMs + 3'155'760'000'000;
  Batch batch;
  batch.set_unix_offset_ms(kLateMs);
  batch.create(1, false, kCentury, kDeadlineMs, "");
  EXPECT_EQ(Start(batch, kLateMs).deadline_ms(1), kDeadlineMs);
  batch.clock(-kLateMs, kNowMs);
  EXPECT_EQ(Start(batch, -kLateMs).deadline_ms(1), kDeadlineMs);
}

TEST(ReplayedClock, survives_shifts_beyond_all_bounds) {
  Batch batch;
  for (const std::int64_t offset_ms :
       {INT64_MAX, std::int64_t{0}, INT64_MIN + 1, std::int64_t{0}}) {
    batch.create(1, false, kThousandSeconds, kNowMs, "");
    batch.clock(offset_ms, 0);
  }
  EXPECT_LE(Start(batch, kOffsetMs).deadline_ms(1), kNowMs + 1'000'000);
}

}  // namespace seshdb::store
