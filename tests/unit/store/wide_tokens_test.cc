// A store whose tokens have 128 bits: who is let in, and that upper halves are kept wherever
// sessions go.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "store/replay.h"
#include "store/snapshot.h"
#include "store/store.h"
#include "support/store_changes.h"
#include "support/token_bits.h"

namespace seshdb::store {

namespace {

using testing::change_some;
using testing::Dice;
using testing::dump;
using testing::text_of;

constexpr std::int64_t kOffsetMs = 1'700'000'000'000;
constexpr std::uint64_t kNowMs = 5'000'000;
constexpr Expiry kTenSeconds = {.duration_s = 10, .delete_session = true, .sliding = false};

Token with_upper(std::uint64_t lower, std::uint64_t upper) { return {lower, UpperHalf(upper)}; }

// What a replay of the batch makes.
std::string made_by(std::string_view batch, TokenBits token_bits = TokenBits::k128) {
  Store store(token_bits);
  Replay replay(store, {}, kOffsetMs, kNowMs);
  EXPECT_TRUE(replay.apply(batch));
  replay.finish();
  return std::to_string(replay.orphans()) + ' ' + dump(store);
}

}  // namespace

TEST(WideTokens, lead_to_a_session_by_both_halves_alone) {
  Store store(TokenBits::k128);
  Session& session = store.create(with_upper(1, 5), false, {}, {}, 0);
  EXPECT_EQ(store.find(with_upper(1, 5), 0), &session);
  EXPECT_EQ(store.find(Token(1), 0), nullptr);
  EXPECT_EQ(store.find(with_upper(2, 5), 0), nullptr);
  for (unsigned bit = 0; bit < 64; ++bit) {
    const Token wrong = with_upper(1, 5 ^ std::uint64_t{1} << bit);
    EXPECT_EQ(store.find(wrong, 0), nullptr);
    EXPECT_FALSE(store.has(wrong));
  }
  EXPECT_TRUE(store.has(with_upper(1, 5)));
  EXPECT_EQ(text_of(store.token_of(session)), "92233720368547758081");
}

TEST(WideTokens, are_taken_only_where_the_store_has_such) {
  const Store narrow;
  const Store wide(TokenBits::k128);
  EXPECT_TRUE(narrow.takes(1));
  EXPECT_FALSE(narrow.takes(with_upper(1, 1)));
  EXPECT_TRUE(wide.takes(with_upper(1, 1)));
  EXPECT_FALSE(wide.takes(1));
  EXPECT_FALSE(wide.takes(with_upper(0, 1)));
}

TEST(WideTokens, that_are_wrong_end_no_expired_session) {
  Store store(TokenBits::k128);
  store.create(with_upper(1, 5), false, {}, kTenSeconds, 0);
  EXPECT_EQ(store.find(with_upper(1, 6), 10'000), nullptr);
  EXPECT_EQ(store.counts().sessions, 1U);
  EXPECT_EQ(store.find(with_upper(1, 5), 10'000), nullptr);
  EXPECT_EQ(store.counts().sessions, 0U);
}

TEST(WideTokens, are_others_after_a_rotation) {
  Store store(TokenBits::k128);
  Session& session = store.create(with_upper(1, 5), false, {}, kTenSeconds, 0);
  store.set(session, "k", "1");
  (void)store.rotate(session, with_upper(2, 9));
  EXPECT_EQ(store.find(with_upper(1, 5), 0), nullptr);
  EXPECT_EQ(store.find(with_upper(1, 9), 0), nullptr);
  EXPECT_EQ(store.find(with_upper(2, 5), 0), nullptr);
  ASSERT_NE(store.find(with_upper(2, 9), 0), nullptr);
  EXPECT_EQ(store.find(with_upper(2, 9), 0)->keys().size(), 1U);
  EXPECT_TRUE(store.is_former(1));
  EXPECT_EQ(store.find(with_upper(2, 9), 10'000), nullptr) << "its clock went on";
}

TEST(WideTokens, of_a_session_that_is_made_again_are_those_it_was_made_with) {
  Store store(TokenBits::k128);
  store.end(store.create(with_upper(1, 5), true, "n", {}, 0));
  store.create(with_upper(1, 6), true, "n", {}, 0);
  EXPECT_EQ(store.find(with_upper(1, 5), 0), nullptr);
  EXPECT_NE(store.find(with_upper(1, 6), 0), nullptr);
  EXPECT_EQ(store.end_all(), 1U);
  store.create(with_upper(1, 7), true, "n", {}, 0);
  EXPECT_EQ(store.find(with_upper(1, 6), 0), nullptr);
  EXPECT_NE(store.find(with_upper(1, 7), 0), nullptr);
  while (!store.reclaim(0, 10)) {
  }
}

TEST(WideTokens, stay_with_their_sessions_while_a_table_grows_and_shrinks) {
  Store store(TokenBits::k128);
  constexpr std::uint64_t kSessions = 20'000;
  for (std::uint64_t i = 1; i <= kSessions; ++i) {
    store.create(with_upper(i, i * 3), false, {}, {}, 0);
  }
  for (std::uint64_t i = 1; i <= kSessions; ++i) {
    if (i % 16 != 0) store.end(*store.find(with_upper(i, i * 3), 0));
  }
  for (std::uint64_t i = 16; i <= kSessions; i += 16) {
    ASSERT_NE(store.find(with_upper(i, i * 3), 0), nullptr) << i;
  }
}

TEST(WideTokens, are_made_again_by_records_and_by_snapshots) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Dice dice(seed);
    Store store(TokenBits::k128);
    Batch batch;
    batch.set_unix_offset_ms(kOffsetMs);
    store.tell(&batch);
    for (int i = 0; i < 2'000; ++i) change_some(store, dice, kNowMs);
    const std::string wanted = "0 " + dump(store);
    EXPECT_EQ(made_by(batch.view()), wanted) << seed;
    Batch snapshot;
    snapshot.set_unix_offset_ms(kOffsetMs);
    Snapshot writer(store, snapshot, [] {});
    while (!writer.write_some(1'000)) {
    }
    EXPECT_EQ(made_by(snapshot.view()), wanted) << seed;
    store.tell(nullptr);
    Store other(TokenBits::k128);
    other.absorb(store);
    EXPECT_EQ("0 " + dump(other), wanted) << seed;
  }
}

TEST(WideTokens, in_records_for_a_store_of_others_make_no_session) {
  Batch batch;
  batch.create(with_upper(1, 5), false, {}, 0, "");
  EXPECT_EQ(made_by(batch.view()).substr(0, 12), "0 sessions 1");
  EXPECT_EQ(made_by(batch.view(), TokenBits::k64), "1 sessions 0\n");
  batch.reset();
  batch.create(1, false, {}, 0, "");
  batch.rotate(1, with_upper(2, 5));
  EXPECT_EQ(made_by(batch.view()), "2 sessions 0\n");
  EXPECT_EQ(made_by(batch.view(), TokenBits::k64).substr(0, 14), "1 sessions 1\n1");
}

}  // namespace seshdb::store
