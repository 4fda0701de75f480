// The outline against an independent reader, and its nodes for upper values.
#include "json/outline.h"

#include <gtest/gtest.h>

#include "support/json_tree.h"
#include "support/random.h"

namespace seshdb::json {

using testing::Dice;

constexpr std::uint32_t kDeep = 1024;

TEST(Outline, takes_every_text_of_the_grammar) {
  Outline outline;
  for (const char* text : {"0",
                           "-0",
                           "1e5",
                           "1E+05",
                           "-1.25e-3",
                           "true",
                           "false",
                           "null",
                           R"("")",
                           R"("\u00AFé\/")",
                           "[]",
                           "{}",
                           " [ ] ",
                           "\t{\n}\r",
                           "[1,[2,{}],{\"a\":[]}]",
                           R"({"":{"":0}})",
                           R"("\ud800")",
                           R"({"a":1,"a":2})",
                           "\"\x7f\"",
                           "[[[[[[[[[[]]]]]]]]]]"}) {
    EXPECT_EQ(outline.read(text, kDeep), Verdict::kValid) << text;
  }
}

TEST(Outline, refuses_every_text_outside_the_grammar) {
  Outline outline;
  for (const char* text : {"",
                           " ",
                           "tru",
                           "truE",
                           "nul",
                           "falsey",
                           "True",
                           "01",
                           "-",
                           "-a",
                           "1.",
                           ".5",
                           "1e",
                           "1e+",
                           "+1",
                           "0x1",
                           "1_000",
                           "NaN",
                           "Infinity",
                           "'a'",
                           "\"",
                           "\"a",
                           "\"\\",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\u12g4\"",
                           "\"\t\"",
                           "\"a\nb\"",
                           "[",
                           "]",
                           "[1",
                           "[1,",
                           "[,1]",
                           "[1,]",
                           "[1 2]",
                           "[1}",
                           "{",
                           "}",
                           "{\"a\"",
                           "{\"a\":",
                           "{\"a\":1",
                           "{\"a\":1,",
                           "{\"a\":1,}",
                           "{,}",
                           "{a:1}",
                           "{\"a\" 1}",
                           "{\"a\":1 \"b\":2}",
                           "{1:2}",
                           "{\"a\":}",
                           "1 2",
                           "[] []",
                           "{}{}",
                           "//",
                           "1//",
                           "[1]/**/",
                           "\v1",
                           "[1,\f2]",
                           "{\"a\"::1}",
                           "[[1]",
                           "{\"a\":[}"}) {
    EXPECT_EQ(outline.read(text, kDeep), Verdict::kInvalid) << text;
  }
  EXPECT_EQ(outline.read(std::string_view("\"\0\"", 3), kDeep), Verdict::kInvalid);
  EXPECT_EQ(outline.read(std::string_view("1\0", 2), kDeep), Verdict::kInvalid);
}

TEST(Outline, agrees_with_another_reader_on_damaged_texts) {
  Dice dice(11);
  Outline outline;
  int valid = 0;
  for (int i = 0; i < 40'000 / SESHDB_TEST_SHARE; ++i) {
    std::string text = testing::random_json(dice, 4, {.spaces = true, .duplicates = true});
    for (std::size_t n = dice.roll(3); n > 0; --n) {
      const std::size_t at = dice.roll(text.size());
      switch (dice.roll(3)) {
        case 0:
          text.erase(at, 1);
          break;
        case 1:
          text.insert(at, 1, dice.pick(std::string_view("{}[],:\"\\0-.eE+t u1\n")));
          break;
        default:
          text.resize(at);
      }
      if (text.empty()) text = " ";
    }
    const bool expected = testing::parse_json(text).has_value();
    valid += expected ? 1 : 0;
    EXPECT_EQ(outline.read(text, kDeep) == Verdict::kValid, expected) << text;
  }
  EXPECT_GT(valid, 10'000 / SESHDB_TEST_SHARE);  // both kinds were met
  EXPECT_LT(valid, 35'000 / SESHDB_TEST_SHARE);
}

TEST(Outline, stops_at_the_level_that_is_too_deep_and_not_before) {
  Outline outline;
  const auto nested = [](std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
  };
  EXPECT_EQ(outline.read(nested(10), 10), Verdict::kValid);
  EXPECT_EQ(outline.read(nested(11), 10), Verdict::kTooDeep);
  EXPECT_EQ(outline.stopped_at(), 10U);
  EXPECT_EQ(outline.read(std::string(1'000'000, '['), 10), Verdict::kTooDeep);
  EXPECT_EQ(outline.read(R"({"a":)" + nested(9) + "}", 10), Verdict::kValid);
  EXPECT_EQ(outline.read(R"({"a":)" + nested(10) + "}", 10), Verdict::kTooDeep);
  EXPECT_EQ(outline.read(nested(65'535), 65'535), Verdict::kValid);
}

TEST(Outline, notes_the_upper_values_and_how_to_step_over_them) {
  const std::string text = R"({"X": {"k" :[1, {"deep":[2]}] ,"\u0061":"s"}} )";
  Outline outline;
  ASSERT_EQ(outline.read(text, kDeep), Verdict::kValid);
  const auto nodes = outline.nodes();
  ASSERT_EQ(nodes.size(), 6U);  // the root, X, k, its two items, a; nothing below level 3
  EXPECT_EQ(nodes[0].kind, Kind::kObject);
  EXPECT_EQ(nodes[0].next, 6U);
  EXPECT_EQ(nodes[1].name(text), "X");
  EXPECT_EQ(nodes[2].name(text), "k");
  EXPECT_EQ(nodes[2].text(text), R"([1, {"deep":[2]}])");
  EXPECT_EQ(nodes[2].next, 5U);
  EXPECT_EQ(nodes[2].spaces, 1U);
  EXPECT_EQ(nodes[2].depth, 3U);
  EXPECT_EQ(nodes[3].text(text), "1");
  EXPECT_EQ(nodes[3].depth, 0U);
  EXPECT_EQ(nodes[4].depth, 2U);
  EXPECT_EQ(nodes[5].name(text), R"(\u0061)");
  EXPECT_TRUE(nodes[5].name_escaped);
  EXPECT_EQ(nodes[5].raw(text), "s");
}

TEST(Outline, knows_a_name_again_whatever_its_spelling) {
  Outline outline;
  const std::string text = R"({"a":1,"\u0061":2,"b":[{"x":1,"x":2}],"a":3})";
  ASSERT_EQ(outline.read(text, kDeep), Verdict::kValid);
  const auto nodes = outline.nodes();
  EXPECT_TRUE(nodes[0].has_duplicates);
  EXPECT_TRUE(nodes[1].superseded);
  EXPECT_TRUE(nodes[2].superseded);
  EXPECT_FALSE(nodes[3].superseded);
  EXPECT_TRUE(nodes[3].has_duplicates);
  EXPECT_FALSE(nodes.back().superseded);
  EXPECT_EQ(outline.superseded().size(), 3U);
}

TEST(Outline, finds_duplicates_among_a_hundred_thousand_names) {
  std::string text = "{";
  for (int i = 0; i < 100'000; ++i) text += "\"n" + std::to_string(i % 99'999) + "\":0,";
  text.back() = '}';
  Outline outline;
  ASSERT_EQ(outline.read(text, kDeep), Verdict::kValid);
  ASSERT_EQ(outline.superseded().size(), 1U);
  EXPECT_EQ(text.substr(outline.superseded()[0].begin, 4), "\"n0\"");
}

TEST(Outline, frees_the_memory_of_a_huge_text) {
  std::string many = "{";
  for (int i = 0; i < 100'000; ++i) many += "\"n" + std::to_string(i) + "\":0,";
  many.back() = '}';
  std::string items = "[";
  for (int i = 0; i < 100'000; ++i) items += "0,";
  items.back() = ']';
  const std::string long_name = R"({"\n)" + std::string(1'000'000, 'n') + R"(":0})";
  Outline outline;
  for (const std::string& text : {many, items, long_name}) {
    ASSERT_EQ(outline.read(text, kDeep), Verdict::kValid);
    ASSERT_EQ(outline.read("{}", kDeep), Verdict::kValid);
    EXPECT_LT(outline.kept_bytes(), 500'000U);
  }
}

TEST(Outline, tells_names_apart_that_differ_only_in_the_middle) {
  // The quick filter looks at both ends and the length only; these agree in all three.
  Outline outline;
  const std::string text = R"({"aaaaaaaa1bbbbbbbb":0,"aaaaaaaa2bbbbbbbb":0,"aaaaaaaa1bbbbbbbb":0})";
  ASSERT_EQ(outline.read(text, kDeep), Verdict::kValid);
  EXPECT_TRUE(outline.nodes()[1].superseded);
  EXPECT_FALSE(outline.nodes()[2].superseded);
}

}  // namespace seshdb::json
