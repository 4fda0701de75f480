// Equality by value, against a slow comparison of trees; and the order of strings.
#include "json/compare.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "json/decimal.h"
#include "support/json_tree.h"
#include "support/path_oracle.h"
#include "support/random.h"

namespace seshdb::json {

namespace {

using testing::Json;

// The same value in another spelling: members moved, numbers and strings written otherwise.
Json respelled(testing::Dice& dice, Json json) {
  for (auto& [name, value] : json.members) {
    value = respelled(dice, std::move(value));
    name = respelled(dice, std::move(name));
  }
  for (Json& item : json.items) item = respelled(dice, std::move(item));
  for (std::size_t i = json.members.size(); i > 1; --i) {
    if (dice.one_in(2)) std::swap(json.members[i - 1], json.members[dice.roll(i)]);
  }
  if (json.kind == Json::Kind::kNumber && json.text.find_first_of(".eE") == std::string::npos) {
    json.text += dice.one_in(2) ? ".00" : "0e-1";
  }
  if (json.is_string() && !json.text.empty() && json.text.front() >= 'a' &&
      json.text.front() <= 'z') {
    json.text = "\\u00" + std::string(1, static_cast<char>('0' + json.text.front() / 16)) +
                "0123456789ABCDEF"[json.text.front() % 16] + json.text.substr(1);
  }
  return json;
}

std::string object_of(int count, int first, int step) {
  std::string out = "{";
  for (int i = 0, name = first; i < count; ++i, name += step) {
    out += (i == 0 ? "\"m" : ",\"m") + std::to_string(name) + "\":[" + std::to_string(name) + "]";
  }
  return out + "}";
}

std::string nested(int levels, const std::string& before, const std::string& after) {
  std::string out;
  for (int i = 0; i < levels; ++i) out += before;
  out += "1";
  for (int i = 0; i < levels; ++i) out += after;
  return out;
}

}  // namespace

TEST(Compare, is_by_value) {
  for (const auto& [a, b, same] : std::vector<std::tuple<std::string, std::string, bool>>{
           {"1.0", "1", true},
           {"1e2", "100", true},
           {"1e999999999", "1e999999998", false},
           {"\"\\u00e9\"", "\"é\"", true},
           {"\"\\ud800\"", "\"\\uD800\"", true},
           {"\"\\ud800\"", "\"\\ud801\"", false},
           {"\"\\/\"", "\"/\"", true},
           {"\"1\"", "1", false},
           {"null", "false", false},
           {"true", "false", false},
           {"[]", "{}", false},
           {"[1,2]", "[2,1]", false},
           {"[1,2]", "[1,2,3]", false},
           {"[[1],[2]]", "[[1.0],[2e0]]", true},
           {R"({"a":1,"b":{"c":[],"d":2}})", R"({"b":{"d":2,"c":[]},"a":1})", true},
           {R"({"a":1,"b":2})", R"({"a":1})", false},
           {R"({"a":1,"b":2})", R"({"b":1,"a":2})", false},
           {R"({"a":1,"b":2})", R"({"c":2,"a":1})", false},
           {R"({"\u0061":1,"b":2})", R"({"b":2,"a":1})", true},
           {R"([{"a":{"x":1,"y":2},"b":0},7])", R"([{"b":0,"a":{"y":2,"x":1}},7])", true},
           {R"([{"a":{"x":1,"y":2},"b":0},7])", R"([{"b":0,"a":{"y":2,"x":1}},8])", false}}) {
    EXPECT_EQ(same_value(a, b), same) << a << " " << b;
    EXPECT_EQ(same_value(b, a), same) << b << " " << a;
  }
}

TEST(Compare, equals_a_slow_comparison) {
  testing::Dice dice(61'127);
  for (int i = 0; i < 5'000; ++i) {
    const std::string a = testing::random_json(dice, 4);
    const Json tree = *testing::parse_json(a);
    EXPECT_TRUE(same_value(a, testing::to_text(respelled(dice, tree)))) << a;
    const std::string b = testing::random_json(dice, 2);
    EXPECT_EQ(same_value(a, b), testing::slow_equal(tree, *testing::parse_json(b)))
        << a << " " << b;
  }
}

TEST(Compare, of_many_members_in_another_order_is_quick) {
  constexpr int kMembers = 100'000;
  const std::string up = object_of(kMembers, 0, 1);
  const std::string down = object_of(kMembers, kMembers - 1, -1);
  Steps steps;
  EXPECT_TRUE(same_value(up, down, steps));
  EXPECT_LT(Steps::kUnbounded - steps.left(), 10 * kMembers);
  EXPECT_FALSE(same_value(up, object_of(kMembers, kMembers, -1)));
}

TEST(Compare, of_deep_values_in_another_order_is_quick) {
  constexpr int kLevels = 4'000;
  const std::string a = nested(kLevels, R"({"x":0,"y":)", "}");
  const std::string b = nested(kLevels, R"({"y":)", R"(,"x":0})");
  Steps steps;
  EXPECT_TRUE(same_value(a, b, steps));
  EXPECT_LT(Steps::kUnbounded - steps.left(), 20 * kLevels);
  EXPECT_TRUE(same_value(nested(100'000, "[", "]"), nested(100'000, "[", "]")));
}

TEST(Compare, ends_where_the_steps_are_spent) {
  const std::string text = object_of(1'000, 0, 1);
  Steps few(100);
  EXPECT_FALSE(same_value(text, text, few));
  EXPECT_TRUE(few.spent());
}

TEST(Compare, orders_strings_by_code_points) {
  const std::vector<std::string> ordered = {
      R"("")", R"("\u0000")", R"("A")",      R"("a")",      R"("aa")",          R"("b")",
      "\"é\"", R"("\ud800")", R"("\udfff")", R"("\uffff")", R"("\ud800\udc00")"};
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    for (std::size_t k = 0; k < ordered.size(); ++k) {
      EXPECT_EQ(compare_strings(ordered[i], ordered[k]), i <=> k) << ordered[i] << ordered[k];
    }
  }
}

}  // namespace seshdb::json
