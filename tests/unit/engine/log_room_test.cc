// A log on a full disk: changes without an answer wait, and the core does not spin.
#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <semaphore>
#include <string>

#include "engine/log.h"
#include "life.h"
#include "support/faulty_directory.h"

namespace seshdb::testing {

TEST(Log, keeps_what_does_not_fit_until_there_is_room_and_asks_for_no_turn_meanwhile) {
  FaultyDirectory directory;
  const ManualClock clock;
  LoggedStore core(directory, clock, {.message_bytes_max = 10'000});
  engine::Log& log = core.log;
  store::Store& store = core.store;
  ASSERT_TRUE(core.open());
  directory.fail(FaultyDirectory::Call::kReserve, 1, ENOSPC, true);
  store::Session& session = store.create(1, false, "", {}, clock.now_ms());
  const std::string text = '"' + std::string(100'000, 'v') + '"';
  const auto change_takes = [&] {
    const std::uint64_t before = log.figures()[engine::kLogBytes];
    (void)store.set(session, "k", text);
    EXPECT_TRUE(log.storage() != engine::Storage::kGood || log.has_room(core.changes.size()));
    (void)core.commit();
    return log.figures()[engine::kLogBytes] - before;
  };
  int changes = 0;
  while (change_takes() != 0) ASSERT_LT(++changes, 1'000);
  EXPECT_GT(changes, 10);
  EXPECT_EQ(log.storage(), engine::Storage::kFull) << "and not failed";
  EXPECT_FALSE(core.changes.empty());
  EXPECT_FALSE(log.has_room(core.changes.size())) << "a commit would be in vain";
  EXPECT_FALSE(log.work(clock.now_ms()));

  directory.mend();
  EXPECT_GT(change_takes(), 200'000U) << "the changes that waited, and the new one";
  EXPECT_EQ(log.storage(), engine::Storage::kGood);
  EXPECT_TRUE(core.changes.empty());
}

TEST(Log, that_fills_its_segments_takes_less_room_for_the_next_where_there_is_not_as_much) {
  FaultyDirectory directory;
  const ManualClock clock;
  std::counting_semaphore<> jobs_done(0);
  LoggedStore core(directory, clock, {.sync = engine::SyncLevel::kOff, .segment_bytes = 5'000'000},
                   [&] { jobs_done.release(); });
  store::Store& store = core.store;
  const auto wait_for_jobs = [&](int jobs) {
    for (int i = 0; i < jobs; ++i) {
      ASSERT_TRUE(jobs_done.try_acquire_for(std::chrono::seconds(30)));
    }
    core.poll();
  };
  const auto reserved = [&] { return directory.calls(FaultyDirectory::Call::kReserve); };
  store::Session& session = store.create(1, false, "", {}, clock.now_ms());
  const auto fill_segment = [&] {
    (void)store.set(session, "k", '"' + std::string(5'000'000, 'v') + '"');
    (void)core.commit();
  };
  ASSERT_TRUE(core.open());
  wait_for_jobs(1);  // the second segment is made
  EXPECT_EQ(reserved(), 2U);
  directory.fail(FaultyDirectory::Call::kReserve, 1, ENOSPC);
  fill_segment();
  wait_for_jobs(2);  // it is trimmed, and the third is made
  EXPECT_EQ(reserved(), 4U) << "in a second try, with less";
  for (unsigned i = 1; i <= 3; ++i) {
    fill_segment();
    wait_for_jobs(2);
    EXPECT_EQ(reserved(), 4U + i) << "one for each, from the start";
  }
  EXPECT_EQ(core.log.storage(), engine::Storage::kGood);
}

}  // namespace seshdb::testing
