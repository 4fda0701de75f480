// The index of tags against a map of sets, and freeing it in slices.
#include "store/tag_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "support/random.h"

namespace seshdb::store {

namespace {

using Model = std::map<std::uint64_t, std::set<std::string>>;
using Views = std::vector<std::string_view>;

constexpr std::array<std::string_view, 5> kTags = {"a", "b", "user:1", "user:2", "zz"};

Views views(const std::set<std::string>& tags) { return {tags.begin(), tags.end()}; }

// The sessions of a tag by the model, in the order of their hashes.
std::vector<std::uint64_t> sessions_of(const Model& model, std::string_view tag) {
  std::vector<std::uint64_t> tokens;
  for (const auto& [token, tags] : model) {
    if (tags.contains(std::string(tag))) tokens.push_back(token);
  }
  std::sort(tokens.begin(), tokens.end(),
            [](std::uint64_t a, std::uint64_t b) { return token_hash(a) < token_hash(b); });
  return tokens;
}

void expect_same(const TagIndex& index, const Model& model) {
  ASSERT_TRUE(index.is_consistent());
  std::size_t tagged = 0;
  for (const auto& [token, tags] : model) {
    ASSERT_EQ(index.of(token), views(tags));
    tagged += tags.empty() ? 0U : 1U;
  }
  ASSERT_EQ(index.size(), tagged);
  for (const std::string_view tag : kTags) {
    const std::vector<std::uint64_t> wanted = sessions_of(model, tag);
    std::vector<std::uint64_t> listed;
    index.list(tag, 0, SIZE_MAX / 2, listed);
    ASSERT_EQ(listed, wanted) << tag;
    ASSERT_EQ(index.count(tag), wanted.size()) << tag;
  }
}

std::set<std::string> random_tags(testing::Dice& dice) {
  std::set<std::string> tags;
  for (std::uint64_t i = dice.roll(4); i > 0; --i) tags.emplace(dice.pick(kTags));
  return tags;
}

}  // namespace

TEST(TagIndex, is_what_a_map_of_sets_is) {
  testing::Dice dice(1);
  TagIndex index;
  Model model;
  for (int i = 0; i < 5'000; ++i) {
    const std::uint64_t token = 1 + dice.roll(300);
    const std::uint64_t other = 1'000 + dice.roll(300);
    if (dice.one_in(5) && !model[token].empty() && model[other].empty()) {
      index.move(token, other);
      std::swap(model[token], model[other]);
    } else {
      model[token] = random_tags(dice);
      index.set(token, views(model[token]));
    }
    if (i % 100 == 0) expect_same(index, model);
  }
  expect_same(index, model);
}

TEST(TagIndex, sets_tags_that_are_views_of_its_own) {
  TagIndex index;
  index.set(1, {"a", "b", "c"});
  Views tags = index.of(1);
  tags.erase(tags.begin());
  index.set(1, tags);
  EXPECT_EQ(index.of(1), Views({"b", "c"}));
  EXPECT_EQ(index.count("a"), 0U);
}

TEST(TagIndex, holds_the_longest_tags_and_as_many_as_a_session_may_have) {
  TagIndex index;
  std::set<std::string> tags;
  for (char c = 'a'; c < 'a' + 8; ++c) tags.emplace(128, c);
  index.set(UINT64_MAX, views(tags));
  EXPECT_EQ(index.of(UINT64_MAX), views(tags));
  EXPECT_TRUE(index.has(UINT64_MAX, std::string(128, 'h')));
  EXPECT_FALSE(index.has(UINT64_MAX, std::string(127, 'h')));
  EXPECT_FALSE(index.has(1, "a"));
}

TEST(TagIndex, lists_a_part_from_a_hash_on) {
  TagIndex index;
  Model model;
  for (std::uint64_t token = 1; token <= 100; ++token) {
    index.set(token, {"a"});
    model[token] = {"a"};
  }
  const std::vector<std::uint64_t> all = sessions_of(model, "a");
  std::vector<std::uint64_t> listed;
  for (std::uint64_t from = 0;; from = token_hash(listed.back()) + 1) {
    const std::size_t before = listed.size();
    index.list("a", from, 7, listed);
    if (listed.size() == before) break;
    EXPECT_LE(listed.size() - before, 7U);
  }
  EXPECT_EQ(listed, all);
}

TEST(TagIndex, is_freed_in_slices) {
  TagIndex index;
  for (std::uint64_t token = 1; token <= 10'000; ++token) {
    index.set(token, {"a", "session " + std::to_string(token)});
  }
  std::size_t slices = 0;
  for (bool all = false; !all; ++slices) {
    std::size_t budget = 100;
    all = index.drop_some(budget);
    EXPECT_TRUE(all || budget == 0);
  }
  EXPECT_GT(slices, 250U) << "10,000 sessions and 20,000 pairs";
}

}  // namespace seshdb::store
