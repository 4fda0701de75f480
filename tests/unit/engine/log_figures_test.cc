// The log's figures for operators, on a disk that the test controls.
#include <gtest/gtest.h>

#include <cerrno>

#include "base/logging.h"
#include "life.h"
#include "support/faulty_directory.h"

namespace seshdb::engine {

namespace {

class LogFigures : public ::testing::Test {
 protected:
  LogFigures() {
    logging::set_level(logging::Level::kOff);
    EXPECT_TRUE(core_.open());
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
  Figures figures = log_.figures();
  EXPECT_EQ(figures[kLogBytes], 0U);
  EXPECT_EQ(figures[kUnsyncedBytes], 0U);
  EXPECT_EQ(figures[kLastSync], 0U);
  change();
  figures = log_.figures();
  EXPECT_GT(figures[kLogBytes], 0U);
  EXPECT_EQ(figures[kUnsyncedBytes], figures[kLogBytes]);
  EXPECT_EQ(figures[kSyncs], 0U);
  clock_.advance_ms(5'000);
  sync();
  figures = log_.figures();
  EXPECT_EQ(figures[kUnsyncedBytes], 0U);
  EXPECT_EQ(figures[kSyncs], 1U);
  EXPECT_GT(figures[kSyncTime], 0U);
  EXPECT_EQ(figures[kLastSync], clock_.now_ms());
  EXPECT_EQ(log_.storage(), Storage::kGood);
}

TEST_F(LogFigures, tell_of_a_sync_that_failed) {
  change();
  sync();
  const std::uint64_t last_ms = log_.figures()[kLastSync];
  clock_.advance_ms(5'000);
  change();
  directory_.fail(testing::FaultyDirectory::Call::kSync, 1, EIO, true);
  sync();
  const Figures figures = log_.figures();
  EXPECT_EQ(log_.storage(), Storage::kFailed);
  EXPECT_EQ(figures[kSyncs], 1U);
  EXPECT_EQ(figures[kLastSync], last_ms);
  EXPECT_GT(figures[kUnsyncedBytes], 0U);
}

TEST_F(LogFigures, tell_of_checkpoints) {
  for (int i = 0; i < 100; ++i) change();
  const std::uint64_t before = log_.figures()[kLogBytes];
  EXPECT_TRUE(log_.checkpoint_now());
  const Figures figures = log_.figures();
  EXPECT_EQ(figures[kCheckpoints], 1U);
  EXPECT_GT(figures[kCheckpointBytes], 0U);
  EXPECT_LT(figures[kLogBytes], before);
}

TEST(Figures, of_several_cores_are_their_sums_and_their_last_moments) {
  Figures all;
  for (const auto& [bytes, moment_ms] : {std::pair{1U, 7U}, std::pair{2U, 5U}}) {
    Figures one(kDiskFigures);
    one[kLogBytes] = bytes;
    one[kLastSync] = moment_ms;
    all.add(one);
  }
  EXPECT_EQ(all.names().size(), kDiskFigures.size());
  EXPECT_EQ(all[kLogBytes], 3U);
  EXPECT_EQ(all[kLastSync], 7U);
  EXPECT_EQ(all[kSyncs], 0U);
}

}  // namespace seshdb::engine
