// The reference of documents and of sums is right where the contract says what is right.
#include "support/document_model.h"

#include <gtest/gtest.h>

#include "json/decimal.h"
#include "support/random.h"
#include "support/slow_decimal.h"

namespace seshdb::testing {

namespace {

std::string patched(const std::string& document, const std::string& operations) {
  Keys keys = keys_of(*parse_json(document));
  const Patched result = patch_keys(keys, *parse_json(operations));
  return std::to_string(result.status) + ' ' + to_text(document_of(keys)) + ' ' + result.out;
}

std::string merged(const std::string& target, const std::string& patch) {
  Json json = *parse_json(target);
  merge_patch(json, *parse_json(patch));
  return to_text(json);
}

}  // namespace

TEST(SlowDecimal, adds_as_the_contract_says) {
  EXPECT_EQ(slow_add("0.1000", "0.2"), "0.3000");
  EXPECT_EQ(slow_add("0", "1.50e1"), "15.0");
  EXPECT_EQ(slow_add("-0.5", "0.5"), "0.0");
  EXPECT_EQ(slow_add("999", "1"), "1000");
  EXPECT_EQ(slow_add("1", "-1000"), "-999");
  EXPECT_EQ(slow_add("0", "1e127").value().size(), 128U);
  EXPECT_FALSE(slow_add("0", "1e128"));
  EXPECT_FALSE(slow_add("0", "-1e127"));
  EXPECT_FALSE(slow_add("0", "1e999999999"));
}

TEST(SlowDecimal, agrees_with_the_products_decimals) {
  Dice dice(1);
  const auto number = [&dice] {
    std::string text = dice.one_in(2) ? "-" : "";
    text += dice.one_in(4) ? "0" : std::to_string(1 + dice.roll(999));
    if (dice.one_in(2)) text += '.' + std::to_string(dice.roll(1'000));
    if (dice.one_in(2)) text += "e" + std::to_string(static_cast<int>(dice.roll(260)) - 130);
    return text;
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::string a = number();
    const std::string b = number();
    EXPECT_EQ(slow_add(a, b), json::add(a, b)) << a << " + " << b;
    EXPECT_EQ(slow_compare(a, b) < 0, json::compare(a, b) < 0) << a << " < " << b;
    EXPECT_EQ(slow_compare(a, b) == 0, json::compare(a, b) == 0) << a << " = " << b;
  }
}

TEST(DocumentModel, makes_all_operations_or_none) {
  EXPECT_EQ(patched(R"({"a":[1,2]})", R"([{"op":"add","path":"/a/1","value":9}])"),
            R"(1 {"a":[1,9,2]} )");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"inc","path":"/a","value":0.50},{"op":"move",
            "path":"/b","from":"/a"}])"),
            R"(1 {"b":1.50} "0":1.50)");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"remove","path":"/a"},{"op":"test","path":"/a",
            "value":1}])"),
            R"(5 {"a":1} )");
  EXPECT_EQ(patched("{}", R"([{"op":"set","path":"/a/-/b","value":1}])"), R"(1 {"a":[{"b":1}]} )");
}

TEST(DocumentModel, merges_as_the_standard_says) {
  EXPECT_EQ(merged(R"({"a":{"b":1,"c":2}})", R"({"a":{"b":null,"d":{"e":null}}})"),
            R"({"a":{"c":2,"d":{}}})");
  EXPECT_EQ(merged("[1]", R"({"a":1})"), R"({"a":1})");
}

}  // namespace seshdb::testing
