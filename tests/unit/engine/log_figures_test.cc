// What the log says of itself to operators, on a disk that does as it is told.
#include <gtest/gtest.h>

#include <cerrno>

#include "base/logging.h"
#include "life.h"
#include "support/faulty_directory.h"

namespace seshdb::engine {

namespace {

using store::EngineFigures;

class LogFigures : public ::testing::Test {
 protected:
  LogFigures() {
    logging::set_level(logging::Level::kOff);
    EXPECT_EQ(core_.open(), std::nullopt);
  }
  ~LogFigures() override { logging::set_level(logging::Level::kError); }

  void change() {
    (void)core_.store.create(++token_, false, {}, {}, clock_.now_ms());
    (void)core_.commit();
  }
  void sync() {
    log_.expect(1);
    core_.poll();
  }

  testing::FaultyDirectory directory_;
  ManualClock clock_;
  std::uint64_t token_ = 0;
  testing::LoggedStore core_{
      directory_, clock_, {.sync = SyncLevel::kAlways, .blocking_work = Worker::Where::kCaller}};
  Log& log_ = core_.log;
};

}  // namespace

TEST_F(LogFigures, follow_what_is_written_and_what_is_on_the_disk) {
  EngineFigures figures = log_.figures();
  EXPECT_EQ(figures.log_bytes, 0U);
  EXPECT_EQ(figures.unsynced_bytes, 0U);
  EXPECT_EQ(figures.last_sync_ms, 0U);
  change();
  figures = log_.figures();
  EXPECT_GT(figures.log_bytes, 0U);
  EXPECT_EQ(figures.unsynced_bytes, figures.log_bytes);
  EXPECT_EQ(figures.syncs, 0U);
  clock_.advance_ms(5'000);
  sync();
  figures = log_.figures();
  EXPECT_EQ(figures.unsynced_bytes, 0U);
  EXPECT_EQ(figures.syncs, 1U);
  EXPECT_GT(figures.sync_ns, 0U);
  EXPECT_EQ(figures.last_sync_ms, clock_.now_ms());
  EXPECT_EQ(figures.storage, Storage::kGood);
}

TEST_F(LogFigures, tell_of_a_sync_that_failed) {
  change();
  sync();
  const std::uint64_t last_ms = log_.figures().last_sync_ms;
  clock_.advance_ms(5'000);
  change();
  directory_.fail(testing::FaultyDirectory::Call::kSync, 1, EIO, true);
  sync();
  const EngineFigures figures = log_.figures();
  EXPECT_EQ(figures.storage, Storage::kFailed);
  EXPECT_EQ(figures.syncs, 1U);
  EXPECT_EQ(figures.last_sync_ms, last_ms);
  EXPECT_GT(figures.unsynced_bytes, 0U);
}

TEST_F(LogFigures, tell_of_checkpoints) {
  for (int i = 0; i < 100; ++i) change();
  const std::uint64_t before = log_.figures().log_bytes;
  EXPECT_EQ(log_.checkpoint_now(), std::nullopt);
  const EngineFigures figures = log_.figures();
  EXPECT_EQ(figures.checkpoints, 1U);
  EXPECT_GT(figures.checkpoint_bytes, 0U);
  EXPECT_LT(figures.log_bytes, before);
}

TEST(EngineFigures, of_several_cores_are_their_sums_and_the_worst_of_them) {
  EngineFigures all{.storage = Storage::kLittle, .log_bytes = 1, .last_sync_ms = 7};
  all.add({.storage = Storage::kGood, .log_bytes = 2, .syncs = 3, .last_sync_ms = 5});
  EXPECT_EQ(all.storage, Storage::kLittle);
  EXPECT_EQ(all.log_bytes, 3U);
  EXPECT_EQ(all.syncs, 3U);
  EXPECT_EQ(all.last_sync_ms, 7U);
  all.add({.storage = Storage::kFailed});
  EXPECT_EQ(all.storage, Storage::kFailed);
  EXPECT_EQ(store::storage_name(all.storage), "failed");
  EXPECT_EQ(store::storage_name(Storage::kLittle), "little");
}

}  // namespace seshdb::engine
