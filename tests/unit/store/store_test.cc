// Sessions and expiry in the store, with a clock that is a number.
#include "store/store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "support/random.h"

namespace seshdb::store {

namespace {
constexpr Expiry kTenSeconds = {.duration_s = 10, .delete_session = true, .sliding = false};
constexpr Expiry kKeysOnly = {.duration_s = 10, .delete_session = false, .sliding = false};

// Sets the clock beyond all deadlines. Returns how many looks it takes to end all sessions: one for
// each session that expires, and one for each entry that an earlier deadline left behind.
std::size_t looks_to_the_end(Store& store) {
  constexpr std::uint64_t kEndMs = 4'000'000'000'000;
  store.settle(kEndMs);
  std::size_t looks = 0;
  for (; !store.settled(); ++looks) (void)store.reclaim(kEndMs, 1);
  return looks;
}
}  // namespace

TEST(Store, expires_a_session_exactly_at_its_deadline) {
  Store store;
  store.create(1, false, {}, kTenSeconds, 5'000);
  EXPECT_NE(store.find(1, 14'999), nullptr);
  EXPECT_EQ(store.find(1, 15'000), nullptr);
  EXPECT_EQ(store.counts().sessions, 0U);
}

TEST(Store, with_delete_session_false_only_the_keys_go_at_every_deadline) {
  Store store;
  Session& made = store.create(1, false, {}, kKeysOnly, 5'000);
  store.set(made, "k", "1");
  Session* session = store.find(1, 15'000);
  ASSERT_NE(session, nullptr);
  EXPECT_EQ(session->keys().size(), 0U);
  EXPECT_EQ(session->deadline_ms(), 25'000U);
  store.set(*session, "k", "1");
  session = store.find(1, 24'999);
  EXPECT_EQ(session->keys().size(), 1U);
  session =
      store.find(1, 58'000);  // several durations late; the deadlines stay at the same distance
  EXPECT_EQ(session->keys().size(), 0U);
  EXPECT_EQ(session->deadline_ms(), 65'000U);
  EXPECT_EQ(store.counts().keys, 0U);
}

TEST(Store, removes_a_million_expired_sessions_in_slices) {
  Store store;
  const std::uint64_t count = 1'000'000 / SESHDB_TEST_SHARE;
  for (std::uint64_t token = 1; token <= count; ++token) {
    store.set(store.create(token, false, {}, kTenSeconds, 1'000), "k", "true");
  }
  EXPECT_TRUE(store.reclaim(10'999, 100));  // no deadline has passed
  EXPECT_EQ(store.counts().sessions, count);
  std::uint64_t slices = 0;
  std::uint64_t left = count;
  while (!store.reclaim(13'000, 1'000)) {
    ASSERT_LE(left - store.counts().sessions, 1'000U);
    left = store.counts().sessions;
    ++slices;
  }
  EXPECT_GE(slices, count / 1'000 - 1);
  EXPECT_EQ(store.counts().sessions, 0U);
  EXPECT_EQ(store.counts().keys, 0U);
}

TEST(Store, a_count_is_exact_once_settled) {
  Store store;
  for (std::uint64_t token = 1; token <= 3'000; ++token) {
    const Expiry expiry = {.duration_s = token <= 1'000 ? 5U : 50U};
    store.create(token, false, {}, expiry, 500);
  }
  store.settle(5'500);  // in the middle of a tick
  while (!store.settled()) (void)store.reclaim(5'500, 100);
  EXPECT_EQ(store.counts().sessions, 2'000U);
}

TEST(Store, restarting_the_clock_moves_the_deadline_both_ways) {
  Store store;
  Session& session = store.create(1, false, {}, kTenSeconds, 0);
  store.restart_clock(session, 8'000);
  while (!store.reclaim(17'999, 10)) {
  }
  EXPECT_NE(store.find(1, 17'999), nullptr);
  store.set_expiry(*store.find(1, 17'999), {.duration_s = 1}, 17'999);
  while (!store.reclaim(21'000, 10)) {
  }
  EXPECT_EQ(store.counts().sessions, 0U);
}

TEST(Store, settings_without_a_duration_remove_the_deadline) {
  Store store;
  store.set_expiry(store.create(1, false, {}, kTenSeconds, 0), {}, 0);
  while (!store.reclaim(1'000'000'000'000, 10)) {
  }
  EXPECT_NE(store.find(1, 1'000'000'000'000), nullptr);
  // ... and it can be given a deadline again.
  store.set_expiry(*store.find(1, 1'000'000'000'000), kTenSeconds, 1'000'000'000'000);
  while (!store.reclaim(1'000'000'020'000, 10)) {
  }
  EXPECT_EQ(store.counts().sessions, 0U);
}

TEST(Store, ends_all_at_once_and_frees_them_in_slices) {
  Store store;
  for (std::uint64_t token = 1; token <= 10'000; ++token) {
    Session& session = store.create(token, token % 2 == 0, "name", {}, 0);
    for (int i = 0; i < 3; ++i) store.set(session, "k" + std::to_string(i), "1");
  }
  EXPECT_EQ(store.end_all(), 10'000U);
  EXPECT_EQ(store.counts().sessions, 0U);
  EXPECT_EQ(store.counts().keys, 0U);
  EXPECT_EQ(store.find(1, 0), nullptr);
  store.create(1, false, {}, {}, 0);  // at once, while the old ones are being freed
  int slices = 1;
  while (!store.reclaim(0, 1'000)) ++slices;
  EXPECT_GE(slices, 5);
  EXPECT_EQ(store.counts().sessions, 1U);
}

TEST(Store, sessions_that_end_before_their_time_leave_nothing_behind_for_long) {
  // Millions of sessions that end long before their deadlines: the wheel must not keep their
  // entries.
  Store store;
  for (std::uint64_t token = 1; token <= 2'000'000 / SESHDB_TEST_SHARE; ++token) {
    store.end(store.create(token, false, {}, {.duration_s = 3'000'000'000U}, token));
    if (token % 64 == 0) (void)store.reclaim(token, 512);
  }
  EXPECT_LT(looks_to_the_end(store), 20'000U);
}

TEST(Store, ever_shorter_durations_leave_nothing_behind_for_long) {
  // A touch with a shorter duration needs an earlier check, and so another entry.
  constexpr std::uint64_t kSessions = 100;
  Store store;
  for (std::uint64_t token = 1; token <= kSessions; ++token) {
    store.create(token, false, {}, {.duration_s = 3'000'000'000U}, 0);
  }
  for (std::uint32_t touch = 0; touch < 1'000'000 / SESHDB_TEST_SHARE; ++touch) {
    store.set_expiry(*store.find(touch % kSessions + 1, 0), {.duration_s = 3'000'000'000U - touch},
                     0);
    if (touch % 1'000 == 0) (void)store.reclaim(0, 512);  // as in a turn with many requests
  }
  while (!store.reclaim(0, 512)) {
  }
  EXPECT_EQ(store.counts().sessions, kSessions);
  EXPECT_LT(looks_to_the_end(store), 5'000U);
}

TEST(Store, sweeps_in_slices) {
  Store store;
  for (std::uint64_t token = 1; token <= 12'000; ++token) {
    store.create(token, false, {}, {.duration_s = 3'000'000'000U}, 0);
  }
  (void)store.reclaim(0, 0);
  for (std::uint64_t token = 1; token <= 12'000; ++token) {
    if (token % 4 != 0) store.end(*store.find(token, 0));
  }
  std::size_t slices = 1;
  while (!store.reclaim(0, 512)) ++slices;
  EXPECT_GE(slices, 12'000U / 512U);
  EXPECT_EQ(looks_to_the_end(store), 3'000U) << "one for each session";
}

TEST(Store, a_sweep_loses_no_deadline) {
  testing::Dice dice(29);
  Store store;
  std::map<std::uint64_t, std::uint64_t> deadlines;  // of live sessions, by token
  std::uint64_t now = 1'000;
  for (int turn = 0; turn < 4'000 / SESHDB_TEST_SHARE; ++turn) {
    for (int i = 0; i < 200; ++i) {
      const std::uint64_t token = dice.roll(300) + 1;
      const auto duration_s = static_cast<std::uint32_t>(dice.roll(1U << dice.roll(12)) + 1);
      Session* const session = store.find(token, now);
      ASSERT_EQ(session != nullptr, deadlines.count(token) != 0 && deadlines[token] > now);
      if (session == nullptr) {
        store.create(token, false, {}, {.duration_s = duration_s}, now);
      } else if (dice.one_in(8)) {
        store.end(*session);
        deadlines.erase(token);
        continue;
      } else {
        store.set_expiry(*session, {.duration_s = duration_s}, now);
      }
      deadlines[token] = now + duration_s * 1'000ULL;
    }
    now += dice.roll(dice.one_in(50) ? 100'000 : 500);
    if (dice.one_in(4)) {
      store.settle(now);
      while (!store.settled()) (void)store.reclaim(now, 64);
      std::erase_if(deadlines, [now](const auto& entry) { return entry.second <= now; });
      ASSERT_EQ(store.counts().sessions, deadlines.size()) << "turn " << turn;
    } else {
      (void)store.reclaim(now, 64);
    }
  }
  while (!store.reclaim(now + 10'000'000, 512)) {
  }
  EXPECT_EQ(store.counts().sessions, 0U);
  EXPECT_EQ(looks_to_the_end(store), 0U);
}

TEST(Store, a_clock_at_the_end_of_its_scale_expires_nothing_early) {
  Store store;
  Session& session = store.create(1, false, {}, {.duration_s = 3'155'760'000U}, 1'000'000'000'000);
  EXPECT_GT(session.deadline_ms(), 1'000'000'000'000U);
  EXPECT_NE(store.find(1, 1'000'000'000'000), nullptr);
  EXPECT_TRUE(store.reclaim(1'000'000'000'000, 10));
}

TEST(Store, rotates_a_session_with_all_that_it_has) {
  Store store;
  Session& made = store.create(1, false, {}, kTenSeconds, 5'000);
  (void)store.set(made, "k", "1");
  store.set_tags(made, {"a"});
  const std::uint64_t revision = made.revision();
  Session& rotated = store.rotate(made, 2);
  EXPECT_EQ(store.peek(1), nullptr);
  EXPECT_TRUE(store.is_former(1));
  EXPECT_EQ(store.peek(2), &rotated);
  EXPECT_FALSE(store.is_former(2));
  EXPECT_EQ(rotated.revision(), revision);
  EXPECT_EQ(store.counts().keys, 1U);
  std::vector<std::uint64_t> tokens;
  store.tags().list("a", 0, 10, tokens);
  EXPECT_EQ(tokens, std::vector<std::uint64_t>({1})) << "by its first token";
  EXPECT_EQ(store.find_first(1, 5'000), &rotated);
  store.settle(14'999);
  while (!store.reclaim(14'999, 10)) {
  }
  EXPECT_EQ(store.counts().sessions, 1U);
  store.settle(15'000);
  while (!store.reclaim(15'000, 10)) {
  }
  EXPECT_EQ(store.counts().sessions, 0U) << "found by its new token";
  EXPECT_FALSE(store.is_former(1));
  EXPECT_EQ(store.tags().size(), 0U);
}

TEST(Store, restores_no_former_token_that_lives_or_that_another_session_had) {
  Store store;
  (void)store.rotate(store.create(1, false, {}, {}, 0), 2);
  (void)store.create(3, false, {}, {}, 0);
  Session& restored = store.create(4, false, {}, {}, 0);
  store.restore_former_tokens(restored, {1, 2, 3, 4, 5});
  EXPECT_EQ(store.former_tokens_of(restored), std::vector<std::uint64_t>({5}));
  Session& other = store.create(6, false, {}, {}, 0);
  store.restore_former_tokens(other, {5});
  EXPECT_FALSE(other.was_rotated());
}

TEST(Store, forgets_tags_and_former_tokens_with_their_sessions) {
  Store store;
  for (std::uint64_t token = 1; token <= 100; ++token) {
    Session& session = store.create(token, false, {}, {}, 0);
    store.set_tags(session, {"a"});
    (void)store.rotate(session, 1'000 + token);
  }
  store.end(*store.peek(1'050));
  EXPECT_FALSE(store.is_former(50));
  EXPECT_EQ(store.tags().count("a"), 99U);
  EXPECT_EQ(store.end_all(), 99U);
  EXPECT_FALSE(store.is_former(1));
  EXPECT_EQ(store.tags().count("a"), 0U);
  int turns = 1;
  while (!store.reclaim(0, 10)) ++turns;
  EXPECT_GT(turns, 10) << "sessions, tags and tokens are freed in slices";
}

TEST(Store, walks_over_all_sessions_once_whatever_is_made_and_ended_meanwhile) {
  Store store;
  std::map<std::uint64_t, int> seen;
  for (std::uint64_t token = 1; token <= 20'000; ++token) store.create(token, false, {}, {}, 0);
  std::uint64_t others = 1'000'000;
  std::uint64_t hash = 0;
  std::vector<std::uint64_t> tokens;
  int turn = 0;
  do {
    tokens.clear();
    store.some_tokens(hash, tokens);
    for (const std::uint64_t token : tokens) ++seen[token];
    // The table grows, and then shrinks to what was there: segments split and are joined.
    for (int i = 0; i < 2'000 && turn < 20; ++i) store.create(++others, false, {}, {}, 0);
    for (int i = 0; i < 2'000 && turn >= 20 && others > 1'000'000; ++i) {
      store.end(*store.peek(others--));
    }
    for (std::uint64_t token = 1; token <= 20'000 && turn == 40; ++token) {
      if (token % 16 != 0) store.end(*store.peek(token));
    }
    ++turn;
  } while (hash != 0);
  EXPECT_GT(turn, 45);
  for (std::uint64_t token = 16; token <= 20'000; token += 16) EXPECT_EQ(seen[token], 1);
  for (const auto& [token, times] : seen) EXPECT_EQ(times, 1) << token;
}

}  // namespace seshdb::store
