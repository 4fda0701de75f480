// The table that grows without a pause, against std::unordered_map.
#include "store/segment_table.h"

#include <gtest/gtest.h>

#include <unordered_map>

#include "support/random.h"

namespace seshdb::store {

namespace {

struct Slot {
  [[nodiscard]] bool empty() const { return key == 0; }
  [[nodiscard]] std::uint64_t hash() const { return hash_of(key); }
  static std::uint64_t hash_of(std::uint64_t key) { return testing::Dice(key).next(); }
  std::uint64_t key = 0;
  std::uint64_t value = 0;
};
using Table = SegmentTable<Slot, 32>;

Slot* find(const Table& table, std::uint64_t key) {
  return table.find(Slot::hash_of(key), [key](const Slot& slot) { return slot.key == key; });
}

}  // namespace

TEST(SegmentTable, behaves_like_a_map_while_it_grows_and_shrinks) {
  testing::Dice dice(21);
  Table table;
  std::unordered_map<std::uint64_t, std::uint64_t> model;
  for (int i = 0; i < 300'000 / SESHDB_TEST_SHARE; ++i) {
    // Mostly insertions for a while, then mostly erasures, and so on.
    const bool growing = i / (50'000 / SESHDB_TEST_SHARE) % 2 == 0;
    const std::uint64_t key = 1 + dice.roll(40'000 / SESHDB_TEST_SHARE);
    Slot* const slot = find(table, key);
    ASSERT_EQ(slot != nullptr, model.count(key) == 1);
    if (slot != nullptr) {
      ASSERT_EQ(slot->value, model[key]);
    }
    if (dice.one_in(4) != growing) {
      if (slot == nullptr) {
        *table.insert(Slot::hash_of(key)) = {key, dice.next()};
        model[key] = find(table, key)->value;
      }
    } else if (slot != nullptr) {
      table.erase(slot);
      model.erase(key);
    }
    ASSERT_EQ(table.size(), model.size());
  }
  std::size_t seen = 0;
  table.for_each([&](const Slot& slot) {
    ++seen;
    EXPECT_EQ(model.at(slot.key), slot.value);
  });
  EXPECT_EQ(seen, model.size());
}

TEST(SegmentTable, is_empty_again_after_its_last_erasure) {
  Table table;
  for (std::uint64_t key = 1; key <= 10'000; ++key) *table.insert(Slot::hash_of(key)) = {key, key};
  for (std::uint64_t key = 1; key <= 10'000; ++key) table.erase(find(table, key));
  EXPECT_EQ(table.size(), 0U);
  EXPECT_TRUE(table.has_segments());
  EXPECT_EQ(table.drop_segment([](Slot&) { FAIL(); }), 0U);
  EXPECT_FALSE(table.has_segments());  // one segment was left of hundreds
}

TEST(SegmentTable, is_dropped_a_segment_at_a_time) {
  Table table;
  for (std::uint64_t key = 1; key <= 1'000; ++key) *table.insert(Slot::hash_of(key)) = {key, key};
  std::size_t seen = 0;
  std::size_t counted = 0;
  while (table.has_segments()) {
    const std::size_t dropped = table.drop_segment([&seen](Slot&) { ++seen; });
    EXPECT_LE(dropped, 32U);
    counted += dropped;
  }
  EXPECT_EQ(seen, 1'000U);
  EXPECT_EQ(counted, 1'000U);
}

}  // namespace seshdb::store
