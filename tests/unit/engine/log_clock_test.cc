// A log's records of wall clocks that are set: no session expires early or lives longer, at
// whatever moment the log ends.
#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include "life.h"
#include "support/faulty_directory.h"

namespace seshdb::testing {

namespace {

constexpr std::int64_t kTenDaysMs = 864'000'000;
constexpr std::uint64_t kToken = 7;
constexpr store::Expiry kThousandSeconds = {.duration_s = 1'000};

class LogClock : public ::testing::Test {
 protected:
  LogClock() { begin(); }

  void begin() {
    life_.reset();
    life_ = std::make_unique<Life>(directory_, clock_, settings_);
    const auto begun = life_->begin();
    ASSERT_TRUE(begun) << begun.error();
  }
  void make(std::uint64_t token) {
    (void)life_->store().create(token, false, "", kThousandSeconds, clock_.now_ms());
  }
  void step(std::int64_t ms) { clock_.set_unix_ms(clock_.unix_ms() + ms); }
  // A turn without changes.
  void turn() {
    life_->quiet_turn();
    life_->wait_for_sync();
  }
  [[nodiscard]] std::uint64_t left_ms(std::uint64_t token) const {
    return life_->store().peek(token)->deadline_ms() - clock_.now_ms();
  }
  [[nodiscard]] std::uint64_t log_bytes() const {
    return life_->log().figures()[engine::kLogBytes];
  }

  engine::LogSettings settings_{.sync = engine::SyncLevel::kAlways, .message_bytes_max = 10'000};
  ManualClock clock_;
  FaultyDirectory directory_{5};
  std::unique_ptr<Life> life_;
};

}  // namespace

TEST_F(LogClock, tells_of_a_step_in_an_idle_turn) {
  for (const std::int64_t step_ms : {kTenDaysMs, -kTenDaysMs, std::int64_t{1'001}}) {
    make(kToken);
    turn();
    step(step_ms);
    turn();
    begin();  // what was not closed is read as after a crash
    EXPECT_EQ(left_ms(kToken), 1'000'000U) << step_ms;
    life_->store().end(*life_->store().peek(kToken));
    turn();
  }
}

TEST_F(LogClock, tells_of_a_step_before_what_is_told_by_the_new_time) {
  make(kToken);
  turn();
  step(kTenDaysMs);
  clock_.advance_ms(10'000);
  make(kToken + 1);  // the turn has not seen the step yet
  turn();
  make(kToken + 2);
  turn();
  begin();
  EXPECT_EQ(left_ms(kToken), 990'000U);
  EXPECT_EQ(left_ms(kToken + 1), 1'000'000U);
  EXPECT_EQ(left_ms(kToken + 2), 1'000'000U);
}

TEST_F(LogClock, tells_of_a_step_at_the_stop_at_the_latest) {
  make(kToken);
  turn();
  step(-kTenDaysMs);
  life_->close();
  begin();
  EXPECT_EQ(left_ms(kToken), 1'000'000U);
}

TEST_F(LogClock, tells_of_drift_once_it_adds_up_to_more_than_a_second) {
  for (std::uint64_t i = 0; i < 100; ++i) {
    step(90);
    make(kToken + i);
    turn();
  }
  begin();
  for (std::uint64_t i = 0; i < 100; ++i) {
    EXPECT_GE(left_ms(kToken + i), 999'000U) << i;
    EXPECT_LE(left_ms(kToken + i), 1'000'000U) << i;
  }
}

TEST_F(LogClock, writes_nothing_where_the_clock_was_not_set_and_nothing_changes) {
  make(kToken);
  turn();
  turn();  // the mark behind what is on the disk
  const std::uint64_t before = log_bytes();
  for (int i = 0; i < 1'000; ++i) {
    clock_.advance_ms(1'000);
    step(i % 2 == 0 ? 900 : -900);
    turn();
  }
  EXPECT_EQ(log_bytes(), before);
}

TEST_F(LogClock, moves_a_checkpoint_and_the_log_behind_it_by_the_same) {
  for (std::uint64_t i = 0; i < 50; ++i) make(kToken + i);
  turn();
  step(kTenDaysMs);
  // The checkpoint begins before a turn has seen the step.
  const auto written = life_->log().checkpoint_now();
  ASSERT_TRUE(written) << written.error();
  turn();
  begin();
  for (std::uint64_t i = 0; i < 50; ++i) ASSERT_EQ(left_ms(kToken + i), 1'000'000U) << i;
  step(-2 * kTenDaysMs);
  turn();
  ASSERT_TRUE(life_->log().checkpoint_now());
  begin();
  for (std::uint64_t i = 0; i < 50; ++i) ASSERT_EQ(left_ms(kToken + i), 1'000'000U) << i;
}

TEST_F(LogClock, that_stands_before_the_data_goes_on_from_there_and_is_followed_once_it_is_set) {
  const std::int64_t right_ms = clock_.unix_ms();
  make(kToken);
  turn();
  life_->close();
  clock_.set_unix_ms(5'000);  // a boot without a battery clock
  begin();
  EXPECT_EQ(left_ms(kToken), 1'000'000U);
  clock_.advance_ms(100'000);
  make(kToken + 1);
  turn();
  begin();  // killed before the time was set, and started with a right clock
  clock_.set_unix_ms(right_ms + 300'000);
  turn();
  EXPECT_EQ(left_ms(kToken), 900'000U);
  life_->close();
  begin();
  EXPECT_EQ(left_ms(kToken), 900'000U);
  EXPECT_EQ(left_ms(kToken + 1), 1'000'000U);
}

TEST_F(LogClock, that_was_wrong_at_a_crash_is_counted_by_the_right_one) {
  const std::int64_t right_ms = clock_.unix_ms();
  make(kToken);
  turn();
  life_->close();
  clock_.set_unix_ms(5'000);
  begin();
  clock_.advance_ms(100'000);
  turn();
  clock_.set_unix_ms(right_ms + 300'000);
  begin();
  EXPECT_EQ(left_ms(kToken), 700'000U);
}

}  // namespace seshdb::testing
