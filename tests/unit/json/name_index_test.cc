// The index of names against a plain map, with hashes that collide; and that what is removed does
// not fill it.
#include "json/name_index.h"

#include <gtest/gtest.h>

#include <optional>
#include <unordered_map>
#include <vector>

#include "support/random.h"

namespace seshdb::json {

namespace {

// Chunks by hash, of which each stands for a name.
using Names = std::unordered_map<std::uint64_t, std::uint32_t>;

std::optional<std::uint32_t> find(const NameIndex& index, const Names& names, std::uint64_t hash) {
  const auto name = names.find(hash);
  return index.find(hash, [&](std::uint32_t chunk) {
    EXPECT_LT(chunk, NameIndex::kChunksMax);
    return name != names.end() && name->second == chunk;
  });
}

void rebuild(NameIndex& index, const Names& names) {
  index.reset(names.size() + names.size() / 4 + 1);
  for (const auto& [hash, chunk] : names) index.insert(hash, chunk);
}

}  // namespace

TEST(NameIndex, equals_a_map_after_any_changes) {
  testing::Dice dice(57);
  for (int round = 0; round < 20; ++round) {
    NameIndex index;
    Names names;
    rebuild(index, names);
    for (int step = 0; step < 5'000; ++step) {
      // Few homes and two tags, so that everything collides.
      const std::uint64_t hash =
          (std::uint64_t{dice.roll(1'000)} << 54U) | (std::uint64_t{dice.roll(2)} << 31U);
      const auto chunk = static_cast<std::uint32_t>(
          dice.one_in(10) ? NameIndex::kChunksMax - 1 - dice.roll(2) : dice.roll(4));
      const auto name = names.find(hash);
      if (name == names.end()) {
        EXPECT_FALSE(find(index, names, hash));
        if (!index.has_room(1)) rebuild(index, names);
        index.insert(hash, chunk);
        names.emplace(hash, chunk);
      } else if (dice.one_in(3)) {
        index.move(hash, name->second, chunk);
        name->second = chunk;
      } else {
        index.remove(hash, name->second);
        names.erase(name);
        EXPECT_FALSE(find(index, names, hash));
      }
    }
    for (const auto& [hash, chunk] : names) ASSERT_EQ(find(index, names, hash), chunk);
  }
}

TEST(NameIndex, is_rebuilt_seldom_however_many_names_come_and_go) {
  constexpr std::size_t kNames = 1'000;
  testing::Dice dice(58);
  NameIndex index;
  Names names;
  std::vector<std::uint64_t> hashes;
  rebuild(index, names);
  int rebuilt = 0;
  for (int round = 0; round < 100'000; ++round) {
    if (hashes.size() == kNames) {
      std::uint64_t& gone = hashes[dice.roll(kNames)];
      index.remove(gone, names.at(gone));
      names.erase(gone);
      gone = hashes.back();
      hashes.pop_back();
    }
    if (!index.has_room(1)) {
      rebuild(index, names);
      ++rebuilt;
    }
    hashes.push_back(dice.next());
    names.emplace(hashes.back(), 1);
    index.insert(hashes.back(), 1);
  }
  EXPECT_LT(rebuilt, 500);
  EXPECT_FALSE(index.is_sparse());
  for (const std::uint64_t hash : hashes) ASSERT_EQ(find(index, names, hash), 1U);
}

TEST(NameIndex, has_all_its_room_after_a_name_that_came_and_went_alone) {
  NameIndex index;
  index.reset(100);
  testing::Dice dice(60);
  for (int i = 0; i < 1'000; ++i) {
    const std::uint64_t hash = dice.next();
    index.insert(hash, 1);
    index.remove(hash, 1);
    ASSERT_TRUE(index.has_room(100));
  }
}

TEST(NameIndex, is_sparse_when_most_names_are_gone) {
  NameIndex index;
  index.reset(10'000);
  testing::Dice dice(59);
  std::vector<std::uint64_t> hashes(10'000);
  for (std::uint64_t& hash : hashes) {
    hash = dice.next();
    index.insert(hash, 3);
  }
  EXPECT_FALSE(index.is_sparse());
  for (std::size_t i = 0; i < 9'000; ++i) index.remove(hashes[i], 3);
  EXPECT_TRUE(index.is_sparse());
  index.reset(1'000);
  for (std::size_t i = 9'000; i < 10'000; ++i) index.insert(hashes[i], 3);
  EXPECT_FALSE(index.is_sparse());
}

}  // namespace seshdb::json
