// The keys of one session in their three forms: one, few, many.
#include "store/keys.h"

#include <gtest/gtest.h>

#include <map>

#include "support/random.h"
#include "support/stored_text.h"

namespace seshdb::store {

namespace {

using testing::text_of;

}  // namespace

TEST(Keys, behave_like_a_map_at_every_size) {
  testing::Dice dice(22);
  for (const std::size_t names : {1U, 2U, 5U, 40U, 3'000U}) {
    Keys keys;
    std::map<std::string, std::string> model;
    for (int i = 0; i < 10'000 / SESHDB_TEST_SHARE; ++i) {
      const std::string name = "k" + std::to_string(dice.roll(names));
      const std::string text = std::to_string(dice.roll(1'000'000));
      json::Value* const value = keys.find(name);
      ASSERT_EQ(value != nullptr, model.count(name) == 1) << name;
      if (value != nullptr && dice.one_in(2)) {
        ASSERT_TRUE(keys.erase(name));
        model.erase(name);
      } else if (value != nullptr) {
        ASSERT_EQ(text_of(*value), model[name]);
        value->assign(text);
        model[name] = text;
      } else {
        ASSERT_FALSE(keys.erase(name));
        keys.insert(name, text);
        model[name] = text;
      }
      ASSERT_EQ(keys.size(), model.size());
    }
    std::map<std::string, std::string> seen;
    keys.for_each(
        [&seen](const json::Value& value) { seen[std::string(value.label())] = text_of(value); });
    EXPECT_EQ(seen, model);
  }
}

TEST(Keys, may_have_any_name_even_none) {
  Keys keys;
  keys.insert("", "1");
  keys.insert(std::string(1'024, 'n'), "2");
  keys.insert(std::string_view("a\0b", 3), "3");
  EXPECT_EQ(text_of(*keys.find("")), "1");
  EXPECT_EQ(text_of(*keys.find(std::string(1'024, 'n'))), "2");
  EXPECT_EQ(text_of(*keys.find(std::string_view("a\0b", 3))), "3");
  EXPECT_EQ(keys.find("a"), nullptr);
}

TEST(Keys, are_given_back_in_slices) {
  Keys keys;
  for (int i = 0; i < 10'000; ++i) keys.insert("k" + std::to_string(i), "1");
  std::size_t before = keys.size();
  int slices = 0;
  while (!keys.drop_some(100)) {
    EXPECT_LT(keys.size(), before);
    EXPECT_LT(before - keys.size(), 300U);
    before = keys.size();
    ++slices;
  }
  EXPECT_GT(slices, 30);
  EXPECT_EQ(keys.size(), 0U);
}

}  // namespace seshdb::store
