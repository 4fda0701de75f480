// The disk fails at any one call: the log changes to the documented state and reports what is lost.
// A later start finds the state after some commit, not older than the last safe one.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <iostream>
#include <random>
#include <semaphore>
#include <string>

#include "base/logging.h"
#include "life.h"
#include "support/faulty_directory.h"

namespace seshdb::testing {

namespace {

using engine::LogSettings;
using engine::Storage;
using engine::SyncLevel;
using Call = FaultyDirectory::Call;

LogSettings small(SyncLevel sync) {
  return {.sync = sync,
          .segment_bytes = 1'500,
          .checkpoint_bytes = 4'000,
          .checkpoint_ratio = 0.1,
          .message_bytes_max = 10'000};
}

// The state that a later start finds, or a fault.
std::string found_in(FaultyDirectory& directory, const Clock& clock) {
  Life next(directory, clock, small(SyncLevel::kAlways));
  const auto begun = next.begin();
  return begun ? next.history.front() : begun.error();
}

// Runs a life during which calls fail. Returns "" or an error in how the log handled them.
std::string live(Life& life, ManualClock& clock, Dice& dice, bool may_give_up) {
  for (int turn = 0; turn < 120; ++turn) {
    life.turn(dice);
    clock.advance_ms(dice.roll(300));
    if (dice.one_in(2)) life.wait_for_sync();
  }
  life.wait_for_sync();
  life.turn(dice);
  const bool failed = life.log().storage() == Storage::kFailed;
  if (life.losses != 0 && !failed) return "losses " + std::to_string(life.losses);
  if (failed && life.waiting() != 0) return "nobody was told that a commit is lost";
  if (failed && !may_give_up) return "it gave up, and need not have";
  if (!failed && dice.one_in(2)) {
    life.close();
    if (life.log().storage() != Storage::kFailed) life.safe = life.history.size() - 1;
  }
  return "";
}

// The same with one call that fails, or many, and a check of the state afterwards.
std::string live_with(Call call, std::size_t nth, int error, bool and_later_ones, SyncLevel sync,
                      std::uint64_t seed) {
  Dice dice(seed);
  ManualClock clock;
  FaultyDirectory directory(dice.next());
  std::vector<std::string> possible;
  std::unique_ptr<FaultyDirectory> after;
  {
    Life life(directory, clock, small(sync));
    if (auto begun = life.begin(); !begun) return begun.error();
    directory.fail(call, nth, error, and_later_ones);
    const bool may_give_up = call == Call::kAppend || call == Call::kSync;
    if (std::string wrong = live(life, clock, dice, may_give_up); !wrong.empty()) return wrong;
    possible.assign(life.history.begin() + static_cast<std::ptrdiff_t>(life.safe),
                    life.history.end());
    after = directory.crash(dice);
  }
  directory.mend();
  for (FaultyDirectory* const left : {&directory, after.get()}) {
    const std::string found = found_in(*left, clock);
    if (std::find(possible.begin(), possible.end(), found) == possible.end()) {
      return (left == &directory ? "after a kill: " : "after a power failure: ") + found;
    }
  }
  return "";
}

void fail_everywhere(Call call, int error, bool and_later_ones = false) {
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << '\n';
  for (std::size_t nth = 1; nth <= 40; nth += SESHDB_TEST_SHARE == 1 ? 1 : 5) {
    for (const SyncLevel sync : {SyncLevel::kAlways, SyncLevel::kInterval, SyncLevel::kOff}) {
      const std::string wrong = live_with(call, nth, error, and_later_ones, sync, seed + nth);
      ASSERT_TRUE(wrong.empty()) << "call " << nth << ", sync level " << static_cast<int>(sync)
                                 << ", seed " << seed + nth << ": " << wrong;
    }
  }
}

}  // namespace

TEST(LogFaults, a_write_that_fails_ends_all_writing) {
  fail_everywhere(Call::kAppend, EIO);
  fail_everywhere(Call::kAppend, ENOSPC, true);
}
TEST(LogFaults, a_sync_that_fails_ends_all_writing) {
  fail_everywhere(Call::kSync, EIO);
  fail_everywhere(Call::kSync, EIO, true);
}
TEST(LogFaults, a_segment_or_a_checkpoint_that_cannot_be_made_is_made_later) {
  fail_everywhere(Call::kCreate, EIO);
  fail_everywhere(Call::kCreate, ENOSPC, true);
}
TEST(LogFaults, a_name_that_cannot_be_given_is_given_later) {
  fail_everywhere(Call::kRename, EIO);
  fail_everywhere(Call::kRename, EIO, true);
}
TEST(LogFaults, a_directory_that_cannot_be_synced_is_synced_later) {
  fail_everywhere(Call::kSyncNames, EIO);
  fail_everywhere(Call::kSyncNames, EIO, true);
}
TEST(LogFaults, a_file_that_cannot_be_removed_does_no_harm) {
  fail_everywhere(Call::kRemove, EACCES);
  fail_everywhere(Call::kRemove, EACCES, true);
}
TEST(LogFaults, room_that_is_refused_does_no_harm) {
  fail_everywhere(Call::kReserve, ENOSPC);
  fail_everywhere(Call::kReserve, ENOSPC, true);
}

TEST(LogFaults, a_directory_that_was_replaced_ends_all_writing) {
  Dice dice(1);
  for (const std::uint64_t segment_bytes : {1'000U, 1U << 30U}) {
    ManualClock clock;
    FaultyDirectory directory;
    Life life(directory, clock, {.segment_bytes = segment_bytes, .message_bytes_max = 10'000});
    ASSERT_TRUE(life.begin());
    for (int turn = 0; turn < 10; ++turn) life.turn(dice);
    EXPECT_EQ(life.log().storage(), Storage::kGood);
    directory.replace();
    while (life.log().storage() == Storage::kGood) {
      clock.advance_ms(100);
      life.turn(dice);
    }
    EXPECT_EQ(life.log().storage(), Storage::kFailed);
  }
}

TEST(LogFaults, a_directory_that_was_replaced_is_noticed_without_any_change) {
  ManualClock clock;
  FaultyDirectory directory;
  Life life(directory, clock, small(SyncLevel::kInterval));
  ASSERT_TRUE(life.begin());
  directory.replace();
  while (life.log().storage() == Storage::kGood) {
    clock.advance_ms(100);
    life.quiet_turn();
  }
  EXPECT_EQ(life.log().storage(), Storage::kFailed);
}

TEST(LogFaults, a_directory_that_was_replaced_is_reported_by_one_core_of_all) {
  ManualClock clock;
  FaultyDirectory directory;
  std::counting_semaphore<> jobs_done(0);
  const auto wake = [&] { jobs_done.release(); };
  std::array<LoggedStore, 2> cores{{{directory, clock, small(SyncLevel::kInterval), wake},
                                    {directory, clock, small(SyncLevel::kInterval), wake}}};
  for (std::uint64_t i = 0; i < cores.size(); ++i) {
    ASSERT_TRUE(cores.at(i).open({.next_sequence = 1 + 100 * i}));
  }
  directory.replace();
  logging::set_level(logging::Level::kError);
  ::testing::internal::CaptureStderr();
  for (LoggedStore& core : cores) {
    while (core.log.storage() == Storage::kGood) {
      clock.advance_ms(1'000);
      (void)core.log.work(clock.now_ms());
      ASSERT_TRUE(jobs_done.try_acquire_for(std::chrono::seconds(30)));
      core.poll();
    }
    EXPECT_EQ(core.log.storage(), Storage::kFailed);
  }
  const std::string reported = ::testing::internal::GetCapturedStderr();
  logging::set_level(logging::Level::kOff);
  const std::string told = "the data directory was removed or replaced";
  ASSERT_NE(reported.find(told), std::string::npos) << reported;
  EXPECT_EQ(reported.find(told), reported.rfind(told)) << reported;
}

TEST(LogFaults, a_segment_that_cannot_be_made_in_a_replaced_directory_ends_all_writing) {
  ManualClock clock;
  FaultyDirectory directory;
  directory.replace();
  Life life(directory, clock, small(SyncLevel::kInterval));
  const auto begun = life.begin();
  ASSERT_FALSE(begun);
  EXPECT_NE(begun.error().find("Stale"), std::string::npos);
}

TEST(LogFaults, older_segments_that_cannot_be_found_at_a_stop_are_not_taken_for_synced) {
  Dice dice(1);
  ManualClock clock;
  FaultyDirectory directory;
  Life life(directory, clock, small(SyncLevel::kOff));
  ASSERT_TRUE(life.begin());
  for (int turn = 0; turn < 50; ++turn) life.turn(dice);
  directory.fail(Call::kList, 1, EIO, true);
  life.close();
  EXPECT_EQ(life.log().storage(), Storage::kFailed);
}

TEST(LogFaults, little_room_refuses_what_stores_more_and_no_room_all_changes) {
  ManualClock clock;
  FaultyDirectory directory;
  // Segments without end: this one's room is all there is.
  Life life(directory, clock,
            {.sync = SyncLevel::kOff, .segment_bytes = 1U << 30U, .message_bytes_max = 1'000});
  ASSERT_TRUE(life.begin());
  store::Session& session = life.store().create(1, false, "", {}, clock.now_ms());
  const std::string text = '"' + std::string(50'000, 'x') + '"';
  const auto write_until = [&](Storage storage) {
    for (int i = 0; i < 1'000 && life.log().storage() != storage; ++i) {
      ASSERT_NE(life.log().storage(), Storage::kFailed);
      (void)life.store().set(session, "k", text);
      life.commit();
    }
    EXPECT_EQ(life.log().storage(), storage);
  };
  directory.fail(Call::kReserve, 1, ENOSPC, true);
  write_until(Storage::kLittle);
  write_until(Storage::kFull);
  EXPECT_EQ(life.losses, 0U);
  directory.mend();
  (void)life.log().work(clock.now_ms());
  clock.advance_ms(1'000);
  (void)life.log().work(clock.now_ms());
  EXPECT_EQ(life.log().storage(), Storage::kGood);
}

}  // namespace seshdb::testing
