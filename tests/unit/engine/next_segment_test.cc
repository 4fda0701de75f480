// The segment that is made ahead of time: its reserved space, and failures to make it.
#include "engine/next_segment.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "base/logging.h"
#include "life.h"
#include "support/faulty_directory.h"

namespace seshdb::engine {

namespace {

using Call = testing::FaultyDirectory::Call;

class NextSegmentTest : public ::testing::Test {
 protected:
  NextSegmentTest() { logging::set_level(logging::Level::kOff); }

  testing::FaultyDirectory directory_;
  const CoreFiles files_{directory_, testing::kManifest, 0};
  Worker worker_{[] {}, 0, Worker::Where::kCaller};
  int replaced_ = 0;
  NextSegment next_{files_, worker_, {.bytes_least = 1'000, .segment_bytes = 100'000'000}, [this] {
                      ++replaced_;
                    }};
  Segment first_;
};

}  // namespace

TEST_F(NextSegmentTest, follows_the_first_and_each_that_was_taken) {
  ASSERT_EQ(next_.open(5, first_), 0);
  EXPECT_EQ(first_.sequence(), 5U);
  EXPECT_FALSE(next_.is_ready()) << "before the worker is polled";
  for (std::uint64_t sequence = 6; sequence < 9; ++sequence) {
    worker_.poll();
    ASSERT_TRUE(next_.is_ready());
    EXPECT_EQ(next_.take().sequence(), sequence);
    EXPECT_FALSE(next_.is_ready());
    next_.prepare(0);
  }
}

TEST_F(NextSegmentTest, reserves_all_of_its_room_once_segments_are_filled) {
  ASSERT_EQ(next_.open(1, first_), 0);
  worker_.poll();
  EXPECT_EQ(next_.take().room(), 1'000 + NextSegment::kRoomStepBytes);
  next_.expect_full();
  next_.prepare(0);
  worker_.poll();
  EXPECT_EQ(next_.take().room(), 100'001'000U);
}

TEST_F(NextSegmentTest, that_cannot_be_made_is_tried_again_a_second_later) {
  directory_.fail(Call::kCreate, 2, EIO);
  ASSERT_EQ(next_.open(1, first_), 0);
  worker_.poll();
  EXPECT_FALSE(next_.is_ready());
  next_.prepare(999);
  worker_.poll();
  EXPECT_FALSE(next_.is_ready());
  next_.prepare(1'000);
  worker_.poll();
  ASSERT_TRUE(next_.is_ready());
  EXPECT_EQ(next_.take().sequence(), 2U) << "no sequence is left out";
  EXPECT_EQ(replaced_, 0);
}

TEST_F(NextSegmentTest, tells_that_the_directory_was_replaced) {
  ASSERT_EQ(next_.open(1, first_), 0);
  worker_.poll();
  (void)next_.take();
  directory_.replace();
  next_.prepare(0);
  worker_.poll();
  EXPECT_FALSE(next_.is_ready());
  EXPECT_EQ(replaced_, 1);
}

TEST_F(NextSegmentTest, leaves_no_file_where_it_is_discarded) {
  ASSERT_EQ(next_.open(1, first_), 0);
  worker_.poll();
  std::vector<std::string> names;
  ASSERT_EQ(directory_.list(names), 0);
  EXPECT_EQ(names.size(), 2U);
  next_.discard();
  names.clear();
  ASSERT_EQ(directory_.list(names), 0);
  EXPECT_EQ(names, std::vector{files_.name(FileKind::kLog, 1)});
}

}  // namespace seshdb::engine
