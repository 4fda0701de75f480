// When a checkpoint is due, which files it removes, and what happens where it fails.
#include "engine/checkpointer.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <vector>

#include "base/logging.h"
#include "life.h"
#include "support/faulty_directory.h"

namespace seshdb::engine {

namespace {

using Call = testing::FaultyDirectory::Call;

class CheckpointerTest : public ::testing::Test {
 protected:
  CheckpointerTest() {
    logging::set_level(logging::Level::kOff);
    store_.create(1, false, "", {}, 0);
  }

  // Begins one at the segment `sequence` and has it end.
  void write(std::uint64_t sequence, std::uint64_t now_ms) {
    checkpointer_.begin(sequence, 0, now_ms);
    for (int i = 0; i < 3; ++i) {  // the slice, the end, and removing
      (void)checkpointer_.work(now_ms);
      worker_.poll();
    }
  }
  [[nodiscard]] std::vector<std::string> names() {
    std::vector<std::string> names;
    EXPECT_EQ(directory_.list(names), 0);
    return names;
  }

  testing::FaultyDirectory directory_;
  const CoreFiles files_{directory_, testing::kManifest, 0};
  store::Store store_;
  Worker worker_{[] {}, 0, Worker::Where::kCaller};
  Checkpointer checkpointer_{files_, store_, worker_, {.log_bytes = 1'000, .ratio = 2}};
};

}  // namespace

TEST_F(CheckpointerTest, is_due_above_the_threshold_and_above_its_ratio_to_the_last_checkpoint) {
  EXPECT_FALSE(checkpointer_.is_due(0));
  checkpointer_.add(1'000);
  EXPECT_FALSE(checkpointer_.is_due(0));
  checkpointer_.add(1);
  EXPECT_TRUE(checkpointer_.is_due(0));
  checkpointer_.open(4'000, 2'000);
  EXPECT_FALSE(checkpointer_.is_due(0));
  checkpointer_.add(1);
  EXPECT_TRUE(checkpointer_.is_due(0));
}

TEST_F(CheckpointerTest, removes_what_it_replaces_and_counts_what_came_meanwhile) {
  directory_.put(files_.name(FileKind::kLog, 1), "old");
  directory_.put(files_.name(FileKind::kCheckpoint, 1), "old");
  directory_.put(files_.name(FileKind::kLog, 2), "current");
  const CoreFiles other(directory_, {.epoch = 1, .cores = 2}, 1);
  directory_.put(other.name(FileKind::kLog, 1), "another core's");
  checkpointer_.add(5'000);
  checkpointer_.begin(2, 0, 0);
  EXPECT_FALSE(checkpointer_.is_due(0)) << "while one is under way";
  checkpointer_.add(70);
  EXPECT_TRUE(checkpointer_.finish());
  worker_.drain();
  EXPECT_EQ(names(), (std::vector{files_.name(FileKind::kCheckpoint, 2),
                                  files_.name(FileKind::kLog, 2), other.name(FileKind::kLog, 1)}));
  EXPECT_EQ(checkpointer_.count(), 1U);
  EXPECT_EQ(checkpointer_.log_bytes(), 70U);
  std::uint64_t bytes = 0;
  ASSERT_EQ(directory_.size(files_.name(FileKind::kCheckpoint, 2), bytes), 0);
  EXPECT_EQ(checkpointer_.checkpoint_bytes(), bytes);
}

TEST_F(CheckpointerTest, removes_nothing_where_it_failed_and_tries_again_half_a_minute_later) {
  directory_.put(files_.name(FileKind::kLog, 1), "old");
  checkpointer_.add(5'000);
  directory_.fail(Call::kAppend, 1, ENOSPC);
  write(2, 7);
  EXPECT_EQ(names(), std::vector{files_.name(FileKind::kLog, 1)});
  EXPECT_EQ(checkpointer_.count(), 0U);
  EXPECT_FALSE(checkpointer_.is_due(30'006));
  EXPECT_TRUE(checkpointer_.is_due(30'007));
  write(3, 30'007);
  EXPECT_EQ(names(), std::vector{files_.name(FileKind::kCheckpoint, 3)});
  EXPECT_EQ(checkpointer_.count(), 1U);
}

TEST_F(CheckpointerTest, is_due_again_at_once_where_all_sessions_were_ended) {
  checkpointer_.add(5'000);
  checkpointer_.begin(2, 0, 0);
  (void)store_.end_all();
  for (int i = 0; i < 3; ++i) {
    (void)checkpointer_.work(0);
    worker_.poll();
  }
  EXPECT_TRUE(names().empty());
  EXPECT_TRUE(checkpointer_.is_due(0));
}

TEST_F(CheckpointerTest, is_given_up_where_somebody_waits_and_a_stop_is_asked_for) {
  directory_.stop_when([] { return true; });
  checkpointer_.begin(2, 0, 0);
  EXPECT_FALSE(checkpointer_.finish());
  EXPECT_TRUE(names().empty());
}

}  // namespace seshdb::engine
