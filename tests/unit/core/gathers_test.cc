// Commands that run on every core: which cores run a part, what a part waits for, and the answer.
#include "core/gathers.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "support/core_parts.h"
#include "support/no_messages.h"

namespace seshdb::core {

namespace {

using engine::Fetched;
using testing::CallOf;
using testing::CoreParts;

// A core with its gathers, and the messages to it from the others.
struct Core : CoreParts, testing::NoMessages {
  Core(Shared& shared, ManualClock& clock, std::uint32_t index) : CoreParts(shared, clock, index) {}

  // Handles the messages to it, and sends its own.
  void turn() {
    exchange.receive(*this);
    gathers.work();
    exchange.leave({});
    exchange.send_calls();
    exchange.send_answers();
  }
  using NoMessages::on_message;
  std::uint32_t sender = 0;
  void on_parcel(std::uint32_t from, Parcel& /*parcel*/) { sender = from; }
  void on_message(PartRequest&& request) {
    ++parts;
    gathers.take(sender, std::move(request));
  }
  void on_message(PartAnswer&& answer) { gathers.add(std::move(answer)); }

  int parts = 0;  // that it was asked for
  Gathers gathers{executor, committer, exchange, outbox};
};

class GathersTest : public ::testing::Test {
 protected:
  GathersTest() {
    shared_.add_cores(2);
    for (std::uint32_t i = 0; i < 2; ++i)
      cores_.push_back(std::make_unique<Core>(shared_, clock_, i));
  }

  // REQUIRES: the session is of that core.
  store::Session& create(std::uint32_t core, std::uint64_t token,
                         const store::Expiry& expiry = {}) {
    EXPECT_EQ(store::owner_of(token, 2), core);
    return cores_[core]->store.create(token, false, "", expiry, clock_.now_ms());
  }
  CoreParts::Asked ask(const std::string& text) {
    const CoreParts::Asked asked = first().ask();
    const CallOf of(first().executor, text);
    EXPECT_NE(of.call().command, nullptr);
    first().gathers.begin(asked.from, of.call());
    return asked;
  }
  // Sessions of the second core with the tag "a".
  void make_tagged(int count) {
    std::uint64_t token = 0;
    for (int i = 0; i < count; ++i) {
      while (store::owner_of(++token, 2) != 1) {
      }
      second().store.set_tags(create(1, token), {"a"});
    }
  }
  std::string told(const CoreParts::Asked& asked) { return first().told(asked); }
  void turn_both() {
    for (const auto& core : cores_) core->turn();
  }
  void pass_ms(std::uint64_t ms) {
    clock_.advance_ms(ms);
    for (const auto& core : cores_) core->context.turn.now_ms = clock_.now_ms();
  }
  Core& first() { return *cores_[0]; }
  Core& second() { return *cores_[1]; }

  ManualClock clock_;
  Shared shared_{.clock = clock_, .secret = {}, .connections = {.clock = clock_}};
  std::vector<std::unique_ptr<Core>> cores_;
};

constexpr const char* kExists = R"({"SH_EXISTS":{"tkns":["1","2"]}})";
constexpr const char* kCount = R"({"SH_INFO_ALL":{}})";
constexpr const char* kEndTag = R"({"SH_END_TAG":{"tag":"a"}})";
constexpr const char* kEndAll = R"({"SH_END_ALL":{}})";

std::string count_of(int sessions, int keys) {
  return R"({"SH_INFO_ALL_RSP":{"totalSessions":)" + std::to_string(sessions) +
         ",\"totalKeys\":" + std::to_string(keys) + "}}";
}

}  // namespace

TEST_F(GathersTest, ask_every_core_once_and_answer_when_all_parts_are_there) {
  (void)first().store.set(create(0, 2), "a", "1");
  (void)second().store.set(create(1, 1), "b", "2");
  const auto asked = ask(kCount);
  first().turn();  // sends
  EXPECT_EQ(told(asked), "");
  second().turn();
  first().turn();  // its own part
  EXPECT_EQ(told(asked), "") << "a part is missing, or on its way";
  turn_both();
  turn_both();
  EXPECT_EQ(told(asked), count_of(2, 2));
  turn_both();
  EXPECT_EQ(told(asked), "") << "one answer";
  EXPECT_EQ(first().parts, 1);
  EXPECT_EQ(second().parts, 1);
}

TEST_F(GathersTest, several_at_once_get_the_parts_that_are_theirs) {
  (void)create(0, 2);
  const auto exists = ask(kExists);
  const auto count = ask(kCount);
  const auto again = ask(kExists);
  for (int i = 0; i < 3; ++i) turn_both();
  EXPECT_EQ(told(count), count_of(1, 0));
  EXPECT_EQ(told(exists), R"({"SH_EXISTS_RSP":{"st":1,"exist":["2"]}})");
  EXPECT_EQ(told(again), R"({"SH_EXISTS_RSP":{"st":1,"exist":["2"]}})");
}

TEST_F(GathersTest, a_count_waits_until_what_had_expired_is_removed) {
  (void)create(0, 2, {.duration_s = 1});
  (void)create(0, 3, {.duration_s = 2});
  pass_ms(1'500);
  const auto before = ask(kCount);
  for (int i = 0; i < 3; ++i) turn_both();
  EXPECT_TRUE(first().gathers.has_work());
  EXPECT_FALSE(second().gathers.has_work()) << "nothing had expired there";
  EXPECT_EQ(told(before), "");
  const auto exists = ask(kExists);
  for (int i = 0; i < 3; ++i) turn_both();
  EXPECT_NE(told(exists), "") << "it is not a count, and does not wait";

  const auto after = ask(kCount);  // arrives while the first waits, and counts at a time of its own
  for (int i = 0; i < 2; ++i) turn_both();
  pass_ms(1'000);
  (void)first().store.reclaim(clock_.now_ms() - 1'000, 1'000);
  turn_both();
  EXPECT_TRUE(first().gathers.has_work()) << "the second begins when the first has ended";
  turn_both();
  EXPECT_EQ(told(before), count_of(1, 0));
  EXPECT_EQ(told(after), "");
  (void)first().store.reclaim(clock_.now_ms(), 1'000);
  for (int i = 0; i < 2; ++i) turn_both();
  EXPECT_EQ(told(after), count_of(0, 0));
  EXPECT_FALSE(first().gathers.has_work());
}

TEST_F(GathersTest, a_part_in_slices_takes_a_turn_for_each_and_others_run_between_them) {
  make_tagged(600);
  const auto ended = ask(kEndTag);
  first().turn();   // sends
  second().turn();  // receives
  second().turn();
  EXPECT_EQ(second().store.counts().sessions, 344U);
  EXPECT_TRUE(second().gathers.has_work());
  const auto counted = ask(kCount);
  turn_both();
  EXPECT_EQ(second().store.counts().sessions, 88U);
  turn_both();
  turn_both();
  EXPECT_EQ(told(counted), count_of(88, 0));
  EXPECT_EQ(second().store.counts().sessions, 0U);
  EXPECT_FALSE(second().gathers.has_work());
  EXPECT_EQ(second().store.tags().size(), 0U);
  EXPECT_EQ(told(ended), R"({"SH_END_TAG_RSP":{"st":1,"cnt":600}})");
}

TEST_F(GathersTest, a_session_that_is_rotated_between_two_slices_is_ended_all_the_same) {
  make_tagged(600);
  std::vector<std::uint64_t> tokens;
  second().store.tags().list("a", 0, 600, tokens);
  const std::string except = std::to_string(tokens[500]);
  const auto ended = ask(R"({"SH_END_TAG":{"tag":"a","except":")" + except + "\"}}");
  first().turn();
  second().turn();
  second().turn();
  // To any place before and behind.
  for (std::size_t i = 300; i < 600; ++i) {
    store::Session* const session = second().store.peek(tokens[i]);
    ASSERT_NE(session, nullptr);
    (void)second().store.rotate(*session, 1'000'000 + i);
  }
  for (int i = 0; i < 4; ++i) turn_both();
  EXPECT_EQ(told(ended), R"({"SH_END_TAG_RSP":{"st":1,"cnt":599}})");
  EXPECT_EQ(second().store.counts().sessions, 1U);
  EXPECT_NE(second().store.peek(1'000'500), nullptr) << "the exception, under its new token";
}

TEST_F(GathersTest, a_part_in_slices_is_lost_where_the_rest_cannot_be_kept) {
  make_tagged(600);
  const auto asked = ask(kEndTag);
  first().turn();
  second().turn();
  second().turn();
  second().engine->storage_state = store::Storage::kFailed;
  for (int i = 0; i < 3; ++i) turn_both();
  EXPECT_EQ(told(asked), "");
  EXPECT_TRUE(asked.line->is_closed);
  EXPECT_EQ(second().store.counts().sessions, 344U);
}

TEST_F(GathersTest, a_part_waits_for_the_sessions_and_several_share_one_fetch) {
  second().engine->remote = true;
  const auto one = ask(kExists);
  const auto other = ask(kExists);
  for (int i = 0; i < 3; ++i) turn_both();
  EXPECT_EQ(second().engine->fetched, std::vector<std::uint64_t>{engine::Engine::kEveryToken});
  EXPECT_EQ(told(one), "");
  (void)create(1, 1);  // it is fetched
  second().gathers.on_fetched(Fetched::kReady);
  for (int i = 0; i < 2; ++i) turn_both();
  EXPECT_EQ(told(one), R"({"SH_EXISTS_RSP":{"st":1,"exist":["1"]}})");
  EXPECT_EQ(told(other), R"({"SH_EXISTS_RSP":{"st":1,"exist":["1"]}})");
  (void)ask(kExists);
  for (int i = 0; i < 3; ++i) turn_both();
  EXPECT_EQ(second().engine->fetched.size(), 2U) << "the next fetches again";
}

TEST_F(GathersTest, a_fetch_that_is_ready_at_once_is_not_waited_for) {
  second().engine->remote = true;
  second().engine->fetches = Fetched::kReady;
  const auto asked = ask(kExists);
  for (int i = 0; i < 3; ++i) turn_both();
  EXPECT_NE(told(asked), "");
}

TEST_F(GathersTest, where_a_fetch_is_refused_the_client_is_disconnected_without_an_answer) {
  second().engine->remote = true;
  second().engine->fetches = Fetched::kRefused;
  const auto asked = ask(kExists);
  for (int i = 0; i < 4; ++i) turn_both();
  EXPECT_EQ(told(asked), "");
  EXPECT_TRUE(asked.line->is_closed);
  second().engine->fetches = Fetched::kReady;
  const auto next = ask(kExists);
  for (int i = 0; i < 3; ++i) turn_both();
  EXPECT_NE(told(next), "") << "the other part of the first is ignored";
}

TEST_F(GathersTest, a_core_that_cannot_keep_a_change_does_not_make_it) {
  (void)create(0, 2);
  (void)create(1, 1);
  second().engine->storage_state = store::Storage::kFull;
  const auto count = ask(kCount);
  for (int i = 0; i < 3; ++i) turn_both();
  EXPECT_EQ(told(count), count_of(2, 0)) << "it can still count";
  const auto end = ask(kEndAll);
  for (int i = 0; i < 3; ++i) turn_both();
  EXPECT_EQ(told(end), "");
  EXPECT_TRUE(end.line->is_closed);
  EXPECT_EQ(first().store.counts().sessions, 0U);
  EXPECT_EQ(second().store.counts().sessions, 1U);
}

}  // namespace seshdb::core
