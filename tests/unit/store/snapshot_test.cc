// How a snapshot ends, and how it handles sessions that are created, changed or ended meanwhile.
// replay_test.cc checks that it makes the same store again.
#include "store/snapshot.h"

#include <gtest/gtest.h>

#include <string>

#include "store/records.h"
#include "store/replay.h"
#include "support/stored_text.h"

namespace seshdb::store {

namespace {

class SnapshotTest : public ::testing::Test {
 protected:
  SnapshotTest() {
    for (std::uint64_t token = 1; token <= 1'000; ++token) {
      (void)store_.set(store_.create(token, false, "", {}, 0), "k", "1");
    }
  }
  // The sessions in the batch.
  [[nodiscard]] std::uint64_t written() const {
    Store made;
    Replay replay(made, {}, 0, 0);
    EXPECT_TRUE(replay.apply(batch_.view()));
    return made.counts().sessions;
  }

  Store store_;
  Batch batch_;
};

}  // namespace

TEST_F(SnapshotTest, writes_about_as_much_as_it_is_asked_for) {
  Snapshot snapshot(store_, batch_, [] {});
  EXPECT_FALSE(snapshot.write_some(1'000));
  EXPECT_GT(batch_.size(), 300U);
  EXPECT_LT(batch_.size(), 3'000U);
  while (!snapshot.write_some(1'000)) {
  }
  EXPECT_FALSE(snapshot.is_under_way());
  EXPECT_EQ(written(), 1'000U);
}

TEST_F(SnapshotTest, writes_a_session_before_it_changes_and_leaves_out_what_is_made_meanwhile) {
  Snapshot snapshot(store_, batch_, [] {});
  (void)store_.set(*store_.peek(1), "k", "2");
  store_.end(*store_.peek(2));
  (void)store_.set(store_.create(2'000, false, "", {}, 0), "k", "3");
  EXPECT_EQ(written(), 2U);
  while (!snapshot.write_some(1'000)) {
  }
  Store made;
  Replay replay(made, {}, 0, 0);
  ASSERT_TRUE(replay.apply(batch_.view()));
  EXPECT_EQ(made.counts().sessions, 1'000U);
  EXPECT_EQ(testing::text_of(*made.peek(1)->keys().find("k")), "1") << "as it stood";
  EXPECT_EQ(made.peek(2'000), nullptr);
}

TEST_F(SnapshotTest, is_over_where_all_sessions_are_ended) {
  Snapshot snapshot(store_, batch_, [] {});
  EXPECT_FALSE(snapshot.write_some(1'000));
  (void)store_.end_all();
  EXPECT_FALSE(snapshot.is_under_way());
  (void)store_.create(1, false, "", {}, 0);
  batch_.reset();
  Snapshot next(store_, batch_, [] {});
  EXPECT_TRUE(next.write_some(1'000));
  EXPECT_EQ(written(), 1U);
}

TEST_F(SnapshotTest, may_follow_another) {
  for (int i = 0; i < 3; ++i) {
    batch_.reset();
    Snapshot snapshot(store_, batch_, [] {});
    while (!snapshot.write_some(1'000)) {
    }
    EXPECT_EQ(written(), 1'000U);
  }
}

}  // namespace seshdb::store
