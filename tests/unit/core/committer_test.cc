// The changes of a turn and of a session on their way to the engine, and the storage as the other
// cores see it.
#include "core/committer.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "support/record_text.h"
#include "support/scripted_engine.h"

namespace seshdb::core {

namespace {

using engine::Committed;
using engine::Outcome;
using store::Storage;
using testing::ScriptedEngine;

std::string lines_of(const std::string& records) {
  testing::RecordText lines;
  EXPECT_FALSE(store::read_records(records, lines).fault_at);
  return lines.text();
}

// The other parts of a core.
struct Core {
  explicit Core(Shared& shared) : committer(shared, store, turn) {}
  ScriptedEngine& use_engine() {
    auto engine = std::make_unique<ScriptedEngine>();
    ScriptedEngine& used = *engine;
    committer.use(std::move(engine));
    return used;
  }

  store::Store store;
  commands::TurnContext turn{.now_ms = 1'000};
  Committer committer;
};

class CommitterTest : public ::testing::Test {
 protected:
  store::Session& create(std::uint64_t token) {
    return core_.store.create(token, false, "", {}, core_.turn.now_ms);
  }

  ManualClock clock_;
  Shared shared_{
      .clock = clock_, .secret = {}, .connections = {.clock = clock_, .message_bytes_max = 500}};
  Core core_{shared_};
  ScriptedEngine& engine_ = core_.use_engine();
  Committer& committer_ = core_.committer;
};

}  // namespace

TEST_F(CommitterTest, commits_the_changes_of_a_turn_and_begins_the_next_without) {
  store::Session& session = create(7);
  (void)core_.store.set(session, "k", "1");
  EXPECT_TRUE(committer_.has_work());
  EXPECT_EQ(committer_.end_turn().outcome, Outcome::kKept);
  EXPECT_FALSE(committer_.has_work());
  ASSERT_EQ(engine_.turns.size(), 1U);
  EXPECT_EQ(engine_.turns[0].now_ms, 1'000U);
  EXPECT_EQ(lines_of(engine_.turns[0].records), "create 7 deleteSession 0 ''\nset 7 'k' 1\n");
  (void)core_.store.set(session, "other", "2");
  (void)committer_.end_turn();
  EXPECT_EQ(lines_of(engine_.turns[1].records), "set 7 'other' 2\n");
  (void)committer_.end_turn();
  EXPECT_EQ(engine_.turns[2].records, "") << "also where nothing was changed";
}

TEST_F(CommitterTest, returns_the_worst_outcome_of_the_commits_of_a_turn) {
  const auto commit = [this](Committed to) {
    engine_.turn_commits = to;
    committer_.commit();
  };
  const auto end = [this](Committed to) {
    engine_.turn_commits = to;
    return committer_.end_turn();
  };
  EXPECT_EQ(end({}).outcome, Outcome::kKept);
  commit({Outcome::kPending, 1});
  EXPECT_EQ(end({}).ticket, 1U) << "the last commit is kept, the first is not yet";
  commit({Outcome::kPending, 1});
  EXPECT_EQ(end({Outcome::kPending, 2}).ticket, 2U) << "the later ticket is for both";
  commit({Outcome::kPending, 2});
  EXPECT_EQ(end({Outcome::kLost, 0}).outcome, Outcome::kLost);
  commit({Outcome::kLost, 0});
  EXPECT_EQ(end({Outcome::kPending, 3}).outcome, Outcome::kLost) << "and stays lost";
  EXPECT_EQ(end({}).outcome, Outcome::kKept) << "the next turn begins anew";
}

TEST_F(CommitterTest, commits_in_the_middle_of_a_turn_where_much_is_changed) {
  store::Session& session = create(7);
  (void)core_.store.set(session, "k", '"' + std::string(300, 'v') + '"');
  committer_.commit_if_due();
  EXPECT_EQ(engine_.turns.size(), 0U) << "less than a message may be long";
  (void)core_.store.set(session, "l", '"' + std::string(300, 'v') + '"');
  committer_.commit_if_due();
  EXPECT_EQ(engine_.turns.size(), 1U);
  committer_.commit_if_due();
  EXPECT_EQ(engine_.turns.size(), 1U);
}

TEST_F(CommitterTest, gathers_what_a_session_changes_apart_from_the_turn) {
  store::Session& session = create(7);
  committer_.begin_session();
  EXPECT_EQ(engine_.turns.size(), 1U) << "what came before goes first";
  (void)core_.store.set(session, "k", "1");
  EXPECT_FALSE(committer_.has_work()) << "of the turn";
  EXPECT_EQ(committer_.commit_session(7).ticket, 1U);
  EXPECT_EQ(engine_.committed, std::vector<std::uint64_t>{7});
  EXPECT_GT(engine_.bytes.at(0), 0U);
  (void)core_.store.set(session, "k", "2");
  EXPECT_TRUE(committer_.has_work()) << "after it, changes are the turn's again";
  committer_.begin_session();
  EXPECT_EQ(engine_.turns.size(), 2U);
  (void)committer_.commit_session(7);
  EXPECT_EQ(engine_.bytes.at(1), 0U);
  committer_.begin_session();
  EXPECT_EQ(engine_.turns.size(), 2U) << "there was nothing to go first";
  (void)committer_.commit_session(7);
}

TEST_F(CommitterTest, has_no_work_where_the_engine_has_no_room_for_it) {
  (void)create(7);
  engine_.room = false;
  EXPECT_FALSE(committer_.has_work());
  engine_.room = true;
  EXPECT_TRUE(committer_.has_work());
}

TEST_F(CommitterTest, writes_deadlines_by_the_offset_of_the_engine) {
  engine_.offset_ms = 5'000;
  (void)committer_.end_turn();
  committer_.begin_session();  // the batch was empty: it gets the present offset
  (void)core_.store.create(8, false, "", {.duration_s = 10}, 1'000);
  (void)committer_.commit_session(8);
  (void)core_.store.create(9, false, "", {.duration_s = 10}, 1'000);
  (void)committer_.end_turn();
  EXPECT_EQ(lines_of(engine_.turns.back().records), "create 9 deleteSession 10 until 16000 ''\n");
}

TEST_F(CommitterTest, tells_no_changes_to_memory_alone) {
  Core memory(shared_);
  (void)memory.store.create(7, false, "", {}, 1'000);
  EXPECT_FALSE(memory.committer.has_work());
  EXPECT_EQ(memory.store.told(), nullptr);
  EXPECT_EQ(memory.committer.end_turn().outcome, Outcome::kKept);
}

TEST_F(CommitterTest, what_one_core_cannot_keep_no_core_takes) {
  Core other(shared_);
  ScriptedEngine& others_engine = other.use_engine();
  const auto both = [&] {
    committer_.update_storage();
    other.committer.update_storage();
    committer_.update_storage();
    return std::pair(core_.turn.storage, other.turn.storage);
  };
  EXPECT_EQ(both(), std::pair(Storage::kGood, Storage::kGood));
  engine_.storage_state = Storage::kFull;
  EXPECT_EQ(both(), std::pair(Storage::kFull, Storage::kFull));
  others_engine.storage_state = Storage::kLittle;
  EXPECT_EQ(both(), std::pair(Storage::kFull, Storage::kFull)) << "the worst of both";
  engine_.storage_state = Storage::kGood;
  EXPECT_EQ(both(), std::pair(Storage::kLittle, Storage::kLittle));
  others_engine.storage_state = Storage::kGood;
  EXPECT_EQ(both(), std::pair(Storage::kGood, Storage::kGood));
}

TEST_F(CommitterTest, updates_the_storage_with_each_commit) {
  engine_.storage_state = Storage::kFailed;
  committer_.commit();
  EXPECT_EQ(core_.turn.storage, Storage::kFailed);
}

TEST_F(CommitterTest, hands_over_the_rest_when_it_closes) {
  (void)create(7);
  committer_.close();
  EXPECT_GT(engine_.closed_with, 0U);
  EXPECT_NE(engine_.closed_with, SIZE_MAX);
}

}  // namespace seshdb::core
