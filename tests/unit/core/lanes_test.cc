// Requests of sessions that an engine keeps elsewhere, step by step, over an engine whose results
// the test sets.
#include "core/lanes.h"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/limits.h"
#include "commands/executor.h"
#include "commands/tally.h"
#include "core/shared.h"
#include "protocol/envelope.h"
#include "store/tokens.h"
#include "support/scripted_engine.h"

namespace seshdb::core {

namespace {

using engine::Fetched;
using engine::Outcome;
using testing::ScriptedEngine;

class LanesTest : public ::testing::Test, public Lanes::Answers {
 protected:
  LanesTest() {
    auto engine = std::make_unique<ScriptedEngine>();
    engine_ = engine.get();
    committer_.use(std::move(engine));
    for (const std::uint64_t token : {7U, 8U}) {
      (void)store_.create(token, false, "", {}, clock_.now_ms());
    }
  }

  void ask(std::uint64_t token, const std::string& command, const std::string& params,
           std::uint64_t place) {
    protocol::EnvelopeReader reader(limits::kDepthDefault);
    const std::string text = "{\"" + command + R"(":{"tkn":")" + std::to_string(token) + "\"," +
                             params + R"(,"rid":")" + std::to_string(place) + "\"}}";
    Buffer refused;
    const commands::Plan plan = executor_.plan(reader.read(text), {}, refused);
    ASSERT_EQ(plan.kind, commands::Plan::Kind::kOwner) << text;
    lanes_.add(0, {.connection = 1, .place = place}, plan.call);
  }
  void append(std::uint64_t token, std::uint64_t place) {
    ask(token, "KV_APPEND", R"("keys":{"k":"x"})", place);
  }
  void set(std::uint64_t token, std::uint64_t place) {
    ask(token, "KV_SET", R"("keys":{"k":"x"})", place);
  }
  // What the session holds.
  [[nodiscard]] std::string value(std::uint64_t token) const {
    const json::Value* const found = store_.peek(token)->keys().find("k");
    if (found == nullptr) return "";
    Buffer text;
    found->append_to(text);
    return std::string(text.view());
  }
  std::string told() { return std::exchange(told_, {}); }

  void answer(std::uint32_t /*asker*/, const ReturnAddress& to, std::string_view text,
              Answered answered) override {
    const std::size_t st = text.find("\"st\":");
    told_ += std::to_string(to.place) + (answered == Answered::kText ? "" : " quiet") +
             (st == std::string_view::npos ? " " : ':' + std::string(text.substr(st + 5, 3)) + ' ');
  }
  void lose(std::uint32_t /*asker*/, const ReturnAddress& to) override {
    told_ += std::to_string(to.place) + " lost ";
  }

  ManualClock clock_;
  Shared shared_{.clock = clock_, .secret = {}, .connections = {.clock = clock_}};
  SystemRandom random_;
  store::Store store_;
  commands::Tally tally_;
  commands::Context context_{.core = {.store = store_,
                                      .clock = clock_,
                                      .random = random_,
                                      .secret = shared_.secret,
                                      .bounds = {}},
                             .turn = {.now_ms = clock_.now_ms()}};
  commands::Executor executor_{context_, tally_, false};
  Committer committer_{shared_, store_, context_.turn};
  Lanes lanes_{executor_, committer_, *this};
  ScriptedEngine* engine_ = nullptr;
  std::string told_;
};

}  // namespace

TEST_F(LanesTest, a_request_is_fetched_runs_is_committed_and_then_answered) {
  set(7, 1);
  EXPECT_EQ(engine_->fetched, std::vector<std::uint64_t>{7});
  lanes_.work();
  EXPECT_EQ(value(7), "") << "it does not run before its session is there";
  lanes_.on_fetched(7, Fetched::kReady);
  EXPECT_TRUE(lanes_.has_work());
  lanes_.work();
  EXPECT_EQ(value(7), "\"x\"");
  EXPECT_GT(engine_->bytes.at(0), 0U);
  EXPECT_EQ(told(), "") << "no answer before its commit";
  lanes_.on_outcome(1, Outcome::kKept);
  lanes_.work();
  EXPECT_EQ(told(), "1 ");
  EXPECT_EQ(lanes_.size(), 0U);
  EXPECT_FALSE(lanes_.has_work());
}

TEST_F(LanesTest, where_all_is_ready_a_request_takes_one_turn) {
  engine_->fetches = Fetched::kReady;
  engine_->commits = Outcome::kKept;
  set(7, 1);
  append(7, 2);
  lanes_.work();
  EXPECT_EQ(told(), "1 2 ");
  EXPECT_EQ(engine_->committed.size(), 1U) << "both together";
  EXPECT_EQ(lanes_.size(), 0U);
}

TEST_F(LanesTest, requests_of_a_session_wait_for_each_other_only) {
  set(7, 1);
  lanes_.on_fetched(7, Fetched::kReady);
  lanes_.work();
  append(7, 2);  // while the first is committed
  append(7, 3);
  set(8, 4);
  lanes_.on_fetched(8, Fetched::kReady);
  lanes_.work();
  EXPECT_EQ(value(7), "\"x\"") << "the second waits for the commit of the first";
  lanes_.on_outcome(2, Outcome::kKept);
  lanes_.work();
  EXPECT_EQ(told(), "4 ") << "the other session is ahead";
  lanes_.on_outcome(1, Outcome::kKept);
  lanes_.work();
  EXPECT_EQ(told(), "1 ");
  EXPECT_EQ(engine_->fetched, (std::vector<std::uint64_t>{7, 8, 7}));
  lanes_.on_fetched(7, Fetched::kReady);
  lanes_.work();
  EXPECT_EQ(value(7), "\"xxx\"");
  EXPECT_EQ(engine_->committed, (std::vector<std::uint64_t>{7, 8, 7})) << "two as one";
  lanes_.on_outcome(3, Outcome::kKept);
  lanes_.work();
  EXPECT_EQ(told(), "2 3 ");
}

TEST_F(LanesTest, what_met_a_conflict_is_fetched_and_runs_again_before_what_came_later) {
  set(7, 1);
  lanes_.on_fetched(7, Fetched::kReady);
  lanes_.work();
  append(7, 2);
  (void)store_.remove(*store_.peek(7), "k");  // as the engine takes back what is not kept
  lanes_.on_outcome(1, Outcome::kConflict);
  lanes_.work();
  EXPECT_EQ(told(), "");
  EXPECT_EQ(engine_->fetched.size(), 2U);
  lanes_.on_fetched(7, Fetched::kReady);
  lanes_.work();
  EXPECT_EQ(value(7), "\"x\"") << "the second is not part of the commit that met the conflict";
  lanes_.on_outcome(2, Outcome::kKept);
  lanes_.work();
  EXPECT_EQ(told(), "1 ");
}

TEST_F(LanesTest, after_too_many_conflicts_the_request_is_refused) {
  engine_->fetches = Fetched::kReady;
  engine_->commits = Outcome::kConflict;
  set(7, 1);
  for (int turn = 0; turn < 100; ++turn) lanes_.work();
  EXPECT_EQ(engine_->committed.size(), 1U + limits::kConflictsMost);
  EXPECT_EQ(told(), "1:209 ");
  engine_->commits = Outcome::kKept;
  set(7, 2);
  lanes_.work();
  EXPECT_EQ(told(), "2 ") << "the next begins anew";
}

TEST_F(LanesTest, a_lost_commit_loses_those_that_it_was_of_and_the_rest_goes_on) {
  set(7, 1);
  lanes_.on_fetched(7, Fetched::kReady);
  lanes_.work();
  append(7, 2);
  lanes_.on_outcome(1, Outcome::kLost);
  lanes_.work();
  EXPECT_EQ(told(), "1 lost ");
  lanes_.on_fetched(7, Fetched::kReady);
  lanes_.work();
  lanes_.on_outcome(2, Outcome::kKept);
  lanes_.work();
  EXPECT_EQ(told(), "2 ");
}

TEST_F(LanesTest, a_refused_commit_is_answered_so_and_a_refused_fetch_to_all_that_wait) {
  set(7, 1);
  lanes_.on_fetched(7, Fetched::kReady);
  lanes_.work();
  append(7, 2);
  append(7, 3);
  lanes_.on_outcome(1, Outcome::kRefused);
  lanes_.work();
  EXPECT_EQ(told(), "1:209 ");
  lanes_.on_fetched(7, Fetched::kRefused);
  lanes_.work();
  EXPECT_EQ(told(), "2:209 3:209 ");
  EXPECT_EQ(lanes_.size(), 0U);
}

TEST_F(LanesTest, a_commit_has_a_bounded_number_of_requests) {
  engine_->fetches = Fetched::kReady;
  engine_->commits = Outcome::kKept;
  const std::size_t requests = 2 * limits::kTogetherMost + 1;
  for (std::size_t i = 0; i < requests; ++i) set(7, i);
  while (lanes_.has_work()) lanes_.work();
  EXPECT_EQ(engine_->committed.size(), 3U);
  EXPECT_EQ(lanes_.size(), 0U);
}

TEST_F(LanesTest, tickets_of_others_are_ignored) {
  set(7, 1);
  lanes_.on_outcome(99, Outcome::kLost);
  lanes_.work();
  EXPECT_EQ(told(), "");
}

}  // namespace seshdb::core
