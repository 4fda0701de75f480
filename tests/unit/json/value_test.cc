// Stored values: updates and appends against the slow reference, and failed ones.
#include "json/value.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "support/oracle.h"
#include "support/random.h"
#include "support/stored_text.h"

namespace seshdb::json {

namespace {

constexpr std::uint32_t kDeep = 1024;

using testing::text_of;

std::uint32_t depth_of(std::string_view text) {
  Outline outline;
  EXPECT_EQ(outline.read(text, 65'535), Verdict::kValid);
  return outline.nodes()[0].depth;
}

Edit edit(std::string_view pointer, std::string_view text) {
  return {.pointer = *Pointer::parse(pointer), .text = text, .depth = depth_of(text)};
}

Status update(Value& value, const std::vector<Edit>& edits, std::uint32_t depth_max = kDeep) {
  std::size_t failed = 0;
  return value.update(edits, depth_max, failed);
}

}  // namespace

TEST(Value, keeps_its_label_through_every_change) {
  Value value("the label", R"({"a":[1,2,3]})");
  EXPECT_EQ(update(value, {edit("/a/1", R"("a much longer value than before")")}), Status::kOk);
  EXPECT_EQ(value.append(R"({"b":2})", 1, kDeep), Status::kOk);
  value.assign("null");
  EXPECT_EQ(value.label(), "the label");
  EXPECT_EQ(text_of(value), "null");
  EXPECT_EQ(value.kind(), Kind::kNull);
}

TEST(Value, changes_the_selected_value_only) {
  Value value("", R"({"a":1,"":{"":2},"/":[true]})");
  EXPECT_EQ(update(value, {edit("/", "3")}), Status::kOk);
  EXPECT_EQ(text_of(value), R"({"a":1,"":3,"/":[true]})");
  EXPECT_EQ(update(value, {edit("/~1/0", "[]")}), Status::kOk);
  EXPECT_EQ(text_of(value), R"({"a":1,"":3,"/":[[]]})");
  EXPECT_EQ(update(value, {edit("", "5")}), Status::kOk);
  EXPECT_EQ(text_of(value), "5");
}

TEST(Value, makes_all_edits_or_none_and_says_which_failed) {
  const std::string before = R"({"a":1,"b":2})";
  Value value("", before);
  std::size_t failed = 9;
  const std::vector<Edit> edits = {edit("/a", "3"), edit("/c", "4"), edit("/d", "5")};
  EXPECT_EQ(value.update(edits, kDeep, failed), Status::kPathNotExist);
  EXPECT_EQ(failed, 1U);
  EXPECT_EQ(text_of(value), before);
}

TEST(Value, later_edits_see_what_earlier_ones_made) {
  Value value("", R"({"a":1})");
  EXPECT_EQ(update(value, {edit("/a", R"({"x":[0]})"), edit("/a/x/0", "7")}), Status::kOk);
  EXPECT_EQ(text_of(value), R"({"a":{"x":[7]}})");
  EXPECT_EQ(update(value, {edit("/a/x", "1"), edit("/a/x/0", "7")}), Status::kPathNotExist);
  EXPECT_EQ(text_of(value), R"({"a":{"x":[7]}})");
}

TEST(Value, refuses_to_become_deeper_than_allowed) {
  Value value("", R"({"a":{"b":1}})");
  EXPECT_EQ(update(value, {edit("/a/b", "[[]]")}, 4), Status::kOk);
  EXPECT_EQ(update(value, {edit("/a/b", "[[[]]]")}, 4), Status::kOutOfBounds);
  EXPECT_EQ(update(value, {edit("/a", "1"), edit("", "[[[[[]]]]]")}, 4), Status::kOutOfBounds);
  EXPECT_EQ(text_of(value), R"({"a":{"b":[[]]}})");
  EXPECT_EQ(value.append(R"({"c":[[[]]]})", 4, 4), Status::kOk);
  EXPECT_EQ(value.append(R"({"c":[[[[]]]]})", 5, 4), Status::kOutOfBounds);
}

TEST(Value, updates_equal_the_slow_reference_one_by_one_and_many_at_once) {
  testing::Dice dice(14);
  int changed = 0;
  for (int i = 0; i < 10'000 / SESHDB_TEST_SHARE; ++i) {
    const std::string before = testing::random_json(dice, 4);
    testing::Json tree = *testing::parse_json(before);
    Value value("k", before);
    std::vector<std::string> pointers;
    std::vector<std::string> texts;
    for (std::size_t n = 1 + dice.roll(4); n > 0; --n) {
      pointers.push_back(testing::random_pointer(dice, testing::to_text(tree)));
      texts.push_back(testing::random_json(dice, 2));
    }
    std::vector<Edit> edits;
    for (std::size_t n = 0; n < texts.size(); ++n) edits.push_back(edit(pointers[n], texts[n]));
    std::size_t bad = edits.size();
    for (std::size_t n = 0; n < texts.size() && bad == edits.size(); ++n) {
      testing::Json* const target = testing::select(tree, pointers[n]);
      if (target == nullptr) {
        bad = n;
      } else {
        *target = *testing::parse_json(texts[n]);
      }
    }
    std::size_t failed = edits.size();
    const Status status = value.update(edits, kDeep, failed);
    ASSERT_EQ(status, bad == edits.size() ? Status::kOk : Status::kPathNotExist) << before;
    if (status == Status::kOk) {
      ++changed;
      ASSERT_EQ(text_of(value), testing::to_text(tree)) << before;
    } else {
      ASSERT_EQ(failed, bad);
      ASSERT_EQ(text_of(value), before);
    }
  }
  EXPECT_GT(changed, 4'000 / SESHDB_TEST_SHARE);
}

TEST(Value, appends_equal_the_slow_reference) {
  testing::Dice dice(15);
  int changed = 0;
  for (int i = 0; i < 20'000 / SESHDB_TEST_SHARE; ++i) {
    const std::string before = testing::random_json(dice, 3);
    const std::string added = testing::random_json(dice, 3);
    testing::Json tree = *testing::parse_json(before);
    const bool fits = testing::append_to(tree, *testing::parse_json(added));
    Value value("k", before);
    const Status status = value.append(added, depth_of(added), kDeep);
    ASSERT_EQ(status, fits ? Status::kOk : Status::kValueTypeInvalid) << before << ' ' << added;
    ASSERT_EQ(text_of(value), fits ? testing::to_text(tree) : before) << before << ' ' << added;
    changed += fits ? 1 : 0;
  }
  EXPECT_GT(changed, 5'000 / SESHDB_TEST_SHARE);
}

TEST(Value, many_edits_of_a_deep_value_take_time_in_proportion) {
  // 500 levels, 2,000 edits at the bottom: 10^6 steps if each is done once, 10^9 bytes moved if
  // each edit rewrote the text. The test would be killed by its time limit.
  std::string text;
  std::string pointer;
  for (int i = 0; i < 500; ++i) {
    text += R"({"a":)";
    pointer += "/a";
  }
  text += '[';
  for (int i = 0; i < 100'000; ++i) text += "0,";
  text.back() = ']';
  text += std::string(500, '}');
  Value value("", text);
  std::vector<std::string> pointers;
  for (int i = 0; i < 2'000; ++i) pointers.push_back(pointer + '/' + std::to_string(i * 50));
  std::vector<Edit> edits;
  for (const std::string& one : pointers) edits.push_back(edit(one, "1"));
  EXPECT_EQ(update(value, edits), Status::kOk);
  testing::Json tree = *testing::parse_json(text_of(value));
  EXPECT_EQ(testing::select(tree, pointers[7])->text, "1");
}

TEST(Value, refuses_to_grow_beyond_its_size) {
  const std::string big = '"' + std::string(limits::kValueBytesMax / 2, 'x') + '"';
  Value value("", big);
  EXPECT_EQ(value.append(R"("y")", 0, kDeep), Status::kOk);
  EXPECT_EQ(value.append(big, 0, kDeep), Status::kValueSize);
  EXPECT_EQ(value.bytes(), big.size() + 1);
}

}  // namespace seshdb::json
