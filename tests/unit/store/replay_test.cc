// The records of a batch make the same store again; so do a snapshot taken in slices and the
// batches since its beginning. Records that violate the grammar do nothing.
#include "store/replay.h"

#include <gtest/gtest.h>

#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "store/batch.h"
#include "store/snapshot.h"
#include "support/store_changes.h"

namespace seshdb::store {

namespace {

using testing::change_some;
using testing::Dice;
using testing::dump;

constexpr std::int64_t kOffsetMs = 1'700'000'000'000;
// After all changes of a test, and before any of its deadlines.
constexpr std::uint64_t kNowMs = 5'000'000;

std::string taken(Batch& batch) {
  const Buffer bytes = batch.take();
  return std::string(bytes.view());
}

// A store made of these batches.
struct Again {
  explicit Again(const std::vector<std::string>& batches,
                 std::function<bool(std::uint64_t)> is_mine = {}, Replay::Tokens followed = {})
      : replay(store, std::move(is_mine), kOffsetMs, kNowMs, std::move(followed)) {
    for (const std::string& batch : batches) good = replay.apply(batch) && good;
    replay.finish();
  }
  Store store;
  Replay replay;
  bool good = true;
};

// A store with a batch, which changes at random.
struct Told {
  explicit Told(std::uint64_t seed) : dice(seed) {
    batch.set_unix_offset_ms(kOffsetMs);
    store.tell(&batch);
  }
  void change(int times) {
    for (int i = 0; i < times; ++i) change_some(store, dice, now_ms += dice.roll(500));
    batches.push_back(taken(batch));
  }
  Dice dice;
  Store store;
  Batch batch;
  std::vector<std::string> batches;
  std::uint64_t now_ms = 1'000;
};

std::uint64_t new_seed() {
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << '\n';
  return seed;
}

}  // namespace

TEST(Replay, makes_the_same_store_of_what_a_batch_was_told) {
  Told told(new_seed());
  for (int i = 0; i < 2'000 / SESHDB_TEST_SHARE; ++i) told.change(5);
  const Again again(told.batches);
  EXPECT_TRUE(again.good);
  EXPECT_EQ(again.replay.orphans(), 0U);
  EXPECT_GT(again.replay.records(), 500U);
  EXPECT_EQ(dump(again.store), dump(told.store));
}

TEST(Replay, makes_the_same_store_of_a_snapshot_in_slices_and_the_batches_since_it_began) {
  const std::uint64_t seed = new_seed();
  for (std::uint64_t i = 0; i < 300 / SESHDB_TEST_SHARE; ++i) {
    Told told(seed + i);
    told.change(200);
    Batch snapshot;
    snapshot.set_unix_offset_ms(kOffsetMs);
    std::vector<std::string> batches;  // of the snapshot, in pieces
    told.batches.clear();
    Snapshot writer(told.store, snapshot, [&] {
      if (snapshot.size() > 500) batches.push_back(taken(snapshot));
    });
    bool whole = false;
    while (!whole && writer.is_under_way()) {
      told.change(static_cast<int>(told.dice.roll(4)));
      // All sessions may have been ended: then it has ended too.
      if (writer.is_under_way()) whole = writer.write_some(1 + told.dice.roll(300));
    }
    if (!whole) continue;
    batches.push_back(taken(snapshot));
    told.change(50);
    batches.insert(batches.end(), told.batches.begin(), told.batches.end());
    const Again again(batches);
    ASSERT_TRUE(again.good);
    ASSERT_EQ(again.replay.orphans(), 0U) << "with seed " << seed + i;
    ASSERT_EQ(dump(again.store), dump(told.store)) << "with seed " << seed + i;
  }
}

TEST(Replay, makes_the_same_store_of_a_snapshot_that_takes_a_large_session_in_slices) {
  constexpr std::size_t kSlice = 1'000;
  Dice dice(new_seed());
  for (int round = 0; round < 100 / SESHDB_TEST_SHARE; ++round) {
    Told told(dice.next());
    told.change(30);
    if (told.store.is_former(1) || told.store.is_former(2)) (void)told.store.end_all();
    for (const std::uint64_t token : {1U, 2U}) {
      if (told.store.peek(token) != nullptr) told.store.end(*told.store.peek(token));
      Session& large = told.store.create(token, false, "", {}, 0);
      for (std::size_t i = 0; i < 2'000; ++i) {
        (void)told.store.set(large, "key" + std::to_string(i), std::to_string(i));
      }
    }
    Batch snapshot;
    snapshot.set_unix_offset_ms(kOffsetMs);
    told.batches.clear();
    told.batch.reset();
    Snapshot writer(told.store, snapshot, [] {});
    std::vector<std::string> batches;
    std::size_t slices = 0;
    bool all = false;
    while (!all && writer.is_under_way()) {
      all = writer.write_some(kSlice);
      ++slices;
      batches.push_back(taken(snapshot));
      if (dice.one_in(40)) told.change(1);  // at times one of the large ones
      const std::string rest = taken(snapshot);
      if (rest.empty()) {
        ASSERT_LT(batches.back().size(), 20 * kSlice);
      } else {
        batches.push_back(rest);
      }
    }
    if (!all) continue;
    EXPECT_GT(slices, 5U);
    batches.insert(batches.end(), told.batches.begin(), told.batches.end());
    const Again again(batches);
    ASSERT_TRUE(again.good);
    ASSERT_EQ(again.replay.orphans(), 0U);
    ASSERT_EQ(dump(again.store), dump(told.store));
  }
}

TEST(Replay, shares_a_store_out_and_absorb_joins_the_parts) {
  Told told(new_seed());
  for (int i = 0; i < 100; ++i) told.change(5);
  Store all;
  for (std::uint64_t part = 0; part < 3; ++part) {
    const auto is_mine = [part](std::uint64_t token) { return token % 3 == part; };
    Replay::Tokens followed;
    for (bool whole = false; !whole;) {
      Again again(told.batches, is_mine, followed);
      ASSERT_TRUE(again.good);
      EXPECT_EQ(again.replay.orphans(), 0U);
      const Replay::Tokens missed = again.replay.missed();
      followed.insert(missed.begin(), missed.end());
      whole = missed.empty();
      if (whole) all.absorb(again.store);
    }
  }
  EXPECT_EQ(dump(all), dump(told.store));
  EXPECT_EQ(all.counts().keys, told.store.counts().keys);
}

TEST(Replay, keeps_deadlines_over_a_boot_of_the_machine) {
  Batch batch;
  batch.set_unix_offset_ms(kOffsetMs);
  batch.create(1, false, {.duration_s = 100}, 150'000, "");
  batch.create(2, false, {.duration_s = 100}, 20'000, "");
  Store store;
  // The machine was rebooted 40 seconds ago: its monotonic clock is at 40,000.
  Replay replay(store, {}, kOffsetMs + 60'000, 40'000);
  ASSERT_TRUE(replay.apply(batch.view()));
  replay.finish();
  ASSERT_NE(store.find(1, 89'999), nullptr);
  EXPECT_EQ(store.find(1, 90'000), nullptr);
  EXPECT_EQ(store.find(2, 40'000), nullptr);  // past before this machine's time
}

TEST(Replay, keeps_a_deadline_beyond_all_bounds_within_a_clock_that_starts_now) {
  constexpr std::uint64_t kMost = kNowMs + 100'000;
  const std::vector<std::pair<std::uint64_t, std::uint64_t>> cases = {
      {UINT64_MAX, 1},  // the last millisecond before 1970
      {0, 1},
      {std::uint64_t{1} << 63U, 1},  // the first there is
      {(std::uint64_t{1} << 63U) - 1, kMost},
      {(std::uint64_t{1} << 56U) + kOffsetMs, kMost},
      {kDeadlineMsMax + kOffsetMs, kMost},
      {kMost + 1 + kOffsetMs, kMost},
      {kMost - 1 + kOffsetMs, kMost - 1},
      {5 + kOffsetMs, 5}};
  for (const auto& [unix_ms, deadline_ms] : cases) {
    Batch batch;  // without an offset: the deadline is written unchanged
    batch.create(1, false, {.duration_s = 100}, unix_ms, "");
    const Again again({taken(batch)});
    ASSERT_TRUE(again.good);
    EXPECT_EQ(again.store.peek(1)->deadline_ms(), deadline_ms) << unix_ms;
  }
}

TEST(Replay, finds_no_clock_to_set_in_a_session_without_one) {
  Batch batch;
  batch.create(1, false, {}, 0, "");
  batch.deadline(1, 5);
  const Again again({taken(batch)});
  EXPECT_TRUE(again.good);
  EXPECT_EQ(again.replay.orphans(), 1U);
}

TEST(Replay, does_nothing_for_a_session_that_is_not_there_and_counts_it) {
  Batch batch;
  batch.end(1);
  batch.set(2, "k", "1");
  batch.deadline(3, 5);
  batch.clear(4);
  const Again again({taken(batch)});
  EXPECT_TRUE(again.good);
  EXPECT_EQ(again.replay.orphans(), 4U);
  EXPECT_EQ(again.replay.records(), 4U);
  EXPECT_EQ(again.store.counts().sessions, 0U);
}

TEST(Replay, refuses_a_record_that_ends_too_early_and_says_where_it_begins) {
  Batch batch;
  batch.create(1, true, {.duration_s = 100, .delete_session = false, .sliding = true}, 9, "name");
  batch.set(1, "key", "[1,2]");
  const std::array<json::Edit, 1> edits = {json::Edit{*json::Pointer::parse("/0"), "3", 0}};
  batch.update(1, "key", edits);
  batch.append(1, "key", "4");
  batch.deadline(1, 10'000);
  batch.expiry(1, true, {.duration_s = 200}, 20'000);
  batch.remove(1, "key");
  batch.clear(1);
  batch.end(1);
  batch.clock(5'000, 600);
  const std::string whole = taken(batch);
  std::vector<std::size_t> begins = {0};
  for (std::size_t bytes = 1; bytes <= whole.size(); ++bytes) {
    const Again again({whole.substr(0, bytes)});
    if (again.good) {
      begins.push_back(bytes);
    } else {
      EXPECT_EQ(again.replay.fault_at(), begins.back());
    }
  }
  EXPECT_EQ(begins.size(), 11U);  // each record's, and the end
}

TEST(Replay, applies_what_stands_before_a_malformed_record_and_nothing_of_it) {
  Batch batch;
  batch.create(1, false, {}, 0, "");
  batch.set(1, "k", "1");
  const std::string good = taken(batch);
  const std::string token("\x01\0\0\0\0\0\0\0", 8);
  for (const std::string& record :
       {std::string(1, '\0'), std::string("\x02") + std::string(8, '\0'),
        std::string("\x01") + token + "\x08\x01\x01\x01",
        std::string("\x06") + token + "\x01k" + '\0',
        std::string("\x09") + token + "\x01k\x01\x01x\x01" + "1",
        std::string("\x0A") + token + "\x01k" + '\0',
        std::string("\x0B\x02") + std::string(10, '\xFF')}) {
    const Again again({good + record + '\x03'});
    EXPECT_FALSE(again.good);
    EXPECT_EQ(again.replay.fault_at(), good.size());
    EXPECT_EQ(again.replay.records(), 2U);
    EXPECT_EQ(again.replay.orphans(), 0U);
    EXPECT_EQ(dump(again.store), dump(Again({good}).store));
  }
}

}  // namespace seshdb::store
