// Members that come and go in place: in small texts by a table, in large values against the slow
// reference, with the inverse of each change.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "json/container.h"
#include "json/value.h"
#include "json/view.h"
#include "support/oracle.h"
#include "support/random.h"
#include "support/stored_text.h"

namespace seshdb::json {

namespace {

using testing::Json;
using testing::large_json;
using testing::text_of;

Splice change(std::string_view parent, std::size_t index, std::size_t removed,
              std::string_view added) {
  return {.parent = *Pointer::parse(parent), .index = index, .removed = removed, .added = added};
}

// The text of the members that go.
std::string splice(Value& value, const Splice& change) {
  Buffer before;
  value.splice(change, &before);
  return std::string(before.view());
}

bool is_opened(const Value& value, std::string_view pointer) {
  return !View(value).at(*Pointer::parse(pointer))->is_text();
}

std::size_t count(const Json& container) {
  return container.is_object() ? container.members.size() : container.items.size();
}

std::string value_text(testing::Dice& dice) {
  if (dice.one_in(15)) return large_json(dice, dice.roll(20'000), 1, dice.one_in(2));
  if (dice.one_in(12)) return '"' + std::string(dice.roll(5'000), 'r') + '"';
  return testing::random_json(dice, 1);
}

// A value and its reference.
class Pair {
 public:
  explicit Pair(const std::string& text) : value_("key", text), tree_(*testing::parse_json(text)) {}

  [[nodiscard]] const Json& tree() const { return tree_; }
  [[nodiscard]] Value& value() { return value_; }

  // Makes a change somewhere, or makes it and takes it back.
  void splice_somewhere(testing::Dice& dice, int step, std::size_t removed_most) {
    std::string pointer = dice.one_in(3) ? "" : testing::random_pointer(dice, tree_, 1);
    Json* parent = testing::select(tree_, pointer);
    while (parent == nullptr || !(parent->is_object() || parent->kind == Json::Kind::kArray)) {
      pointer.resize(pointer.rfind('/'));
      parent = testing::select(tree_, pointer);
    }
    const std::size_t index = dice.roll(count(*parent) + 1);
    const std::size_t removed = std::min(dice.roll(removed_most + 1), count(*parent) - index);
    const std::string added = some_members(dice, *parent, index, removed, step);
    const std::string text_before = text_of(value_);
    const std::string gone = json::splice(value_, change(pointer, index, removed, inside(added)));
    const Json tree_added = *testing::parse_json(added);
    const Json tree_gone = testing::splice(*parent, index, removed, tree_added);
    ASSERT_EQ(gone, inside(testing::to_text(tree_gone)));
    check();
    if (!dice.one_in(3)) return;
    value_.splice(change(pointer, index, count(tree_added), gone), nullptr);
    (void)testing::splice(*parent, index, count(tree_added), tree_gone);
    ASSERT_EQ(text_of(value_), text_before);
    check();
  }

  void check_places(testing::Dice& dice) const {
    for (int i = 0; i < 10; ++i) {
      const std::string pointer = testing::random_pointer(dice, tree_, 0);
      Json copy = tree_;
      const Json* const wanted = testing::select(copy, pointer);
      const std::optional<View> found = View(value_).at(*Pointer::parse(pointer));
      ASSERT_EQ(found.has_value(), wanted != nullptr) << pointer;
      if (!found) continue;
      Buffer text;
      found->append_to(text);
      ASSERT_EQ(text.view(), testing::to_text(*wanted)) << pointer;
      if (wanted->members.empty()) continue;
      const std::size_t index = dice.roll(wanted->members.size());
      ASSERT_EQ(found->index_of(wanted->members[index].first.decoded()), index) << pointer;
      ASSERT_FALSE(found->index_of("none")) << pointer;
    }
  }

 private:
  // A container of that kind with new members, few or many, of which some have names that go.
  static std::string some_members(testing::Dice& dice, const Json& parent, std::size_t index,
                                  std::size_t removed, int step) {
    const bool many = dice.one_in(8);
    const std::size_t fresh = many ? 200 : dice.roll(4);
    const auto value = [&] { return many ? testing::random_json(dice, 1) : value_text(dice); };
    std::string out;
    if (!parent.is_object()) {
      for (std::size_t i = 0; i < fresh; ++i) out += (i == 0 ? "" : ",") + value();
      return '[' + out + ']';
    }
    for (std::size_t i = 0; i < removed && dice.one_in(2); ++i) {
      out += (out.empty() ? "\"" : ",\"") + parent.members[index + i].first.text + "\":" + value();
    }
    for (std::size_t i = 0; i < fresh; ++i) {
      out += std::string(out.empty() ? "" : ",") + (dice.one_in(4) ? R"("\u006e)" : "\"n");
      out += std::to_string(step) + '.' + std::to_string(i) + "\":" + value();
    }
    return '{' + out + '}';
  }

  void check() const {
    const std::string text = text_of(value_);
    ASSERT_EQ(text, testing::to_text(tree_));
    ASSERT_EQ(value_.bytes(), text.size());
    ASSERT_EQ(value_.label(), "key");
  }

  Value value_;
  Json tree_;
};

}  // namespace

TEST(ValueSplice, puts_the_commas_right_in_every_case_and_its_inverse_too) {
  struct Case {
    std::string_view before, parent;
    std::size_t index, removed;
    std::string_view added;
    std::size_t count;
    std::string_view after, gone;
  };
  for (const Case& c : std::vector<Case>{
           {"[]", "", 0, 0, "", 0, "[]", ""},
           {"[]", "", 0, 0, "1", 1, "[1]", ""},
           {"{}", "", 0, 0, R"("a":1,"b":2)", 2, R"({"a":1,"b":2})", ""},
           {"[1]", "", 0, 1, "", 0, "[]", "1"},
           {"[1]", "", 0, 1, "7,8", 2, "[7,8]", "1"},
           {"[1]", "", 0, 0, "7,8", 2, "[7,8,1]", ""},
           {"[1]", "", 1, 0, "7,8", 2, "[1,7,8]", ""},
           {"[1,2,3]", "", 0, 1, "", 0, "[2,3]", "1"},
           {"[1,2,3]", "", 1, 1, "", 0, "[1,3]", "2"},
           {"[1,2,3]", "", 2, 1, "", 0, "[1,2]", "3"},
           {"[1,2,3]", "", 0, 2, "", 0, "[3]", "1,2"},
           {"[1,2,3]", "", 1, 2, "", 0, "[1]", "2,3"},
           {"[1,2,3]", "", 0, 3, "", 0, "[]", "1,2,3"},
           {"[1,2,3]", "", 0, 3, "9", 1, "[9]", "1,2,3"},
           {"[1,2,3]", "", 1, 1, "9", 1, "[1,9,3]", "2"},
           {"[1,2,3]", "", 2, 1, "9,\"x,]\"", 2, "[1,2,9,\"x,]\"]", "3"},
           {"[1,2,3]", "", 3, 0, "[]", 1, "[1,2,3,[]]", ""},
           {"[1,2,3]", "", 1, 0, "", 0, "[1,2,3]", ""},
           {R"({"a":{"b":[{}]},"c":0})", "/a/b/0", 0, 0, R"("x":"y")", 1,
            R"({"a":{"b":[{"x":"y"}]},"c":0})", ""},
           {R"({"a":{"b":1},"c":0})", "", 0, 1, R"("a":2)", 1, R"({"a":2,"c":0})",
            R"("a":{"b":1})"},
           {R"({"a":{"b":1},"c":0})", "", 1, 1, "", 0, R"({"a":{"b":1}})", R"("c":0)"},
           {R"({"a":{"b":1},"c":0})", "/a", 0, 1, "", 0, R"({"a":{},"c":0})", R"("b":1)"}}) {
    Value value("key", c.before);
    EXPECT_EQ(splice(value, change(c.parent, c.index, c.removed, c.added)), c.gone) << c.after;
    EXPECT_EQ(text_of(value), c.after);
    EXPECT_EQ(splice(value, change(c.parent, c.index, c.count, c.gone)), c.added) << c.after;
    EXPECT_EQ(text_of(value), c.before);
    EXPECT_EQ(value.label(), "key");
  }
}

TEST(ValueSplice, any_changes_of_large_values_equal_the_slow_reference) {
  testing::Dice dice(61);
  for (int i = 0; i < 25 / SESHDB_TEST_SHARE; ++i) {
    Pair pair(large_json(dice, 5'000 + dice.roll(40'000), 2, dice.one_in(2)));
    // Phases of growth and of decline, so that containers are opened and closed.
    for (int step = 0; step < 80; ++step) {
      const bool declines = step / 20 % 2 == 1;
      const std::size_t removed_most = declines ? (dice.one_in(2) ? 1'000 : 20) : 3;
      pair.splice_somewhere(dice, step, removed_most);
      ASSERT_FALSE(HasFatalFailure()) << "document " << i << ", step " << step;
      if (dice.one_in(5)) pair.check_places(dice);
      ASSERT_FALSE(HasFatalFailure()) << "document " << i << ", step " << step;
      if (dice.one_in(20)) pair.value().close_if_small();
    }
  }
}

TEST(ValueSplice, grows_at_any_place_and_shrinks_to_nothing) {
  for (const bool object : {false, true}) {
    testing::Dice dice(62);
    Value value("key", object ? "{}" : "[]");
    std::vector<std::string> members;
    constexpr int kMembers = 3'000;
    for (int i = 0; i < kMembers; ++i) {
      const std::string member = (object ? "\"n" + std::to_string(i) + "\":" : std::string()) +
                                 '"' + std::string(dice.roll(80), 'v') + '"';
      const std::size_t at = dice.one_in(2) ? 0 : dice.roll(members.size() + 1);
      members.insert(members.begin() + static_cast<std::ptrdiff_t>(at), member);
      value.splice(change("", at, 0, member), nullptr);
    }
    const auto joined = [&] {
      std::string text;
      for (const std::string& member : members) text += (text.empty() ? "" : ",") + member;
      return (object ? '{' + text + '}' : '[' + text + ']');
    };
    EXPECT_EQ(text_of(value), joined());
    EXPECT_TRUE(is_opened(value, ""));
    while (!members.empty()) {
      const std::size_t at = dice.roll(members.size());
      ASSERT_EQ(splice(value, change("", at, 1, "")), members[at]);
      members.erase(members.begin() + static_cast<std::ptrdiff_t>(at));
      if (members.size() % 100 != 0) continue;
      ASSERT_EQ(text_of(value), joined());
    }
    EXPECT_EQ(text_of(value), object ? "{}" : "[]");
    EXPECT_FALSE(is_opened(value, ""));
  }
}

TEST(ValueSplice, keeps_fewer_chunks_when_members_go) {
  const std::string large = "[" + std::string(10'000, '1') + ",2]";
  std::string text = "{";
  for (int i = 0; i < 20'000; ++i)
    text += "\"m" + std::to_string(i) + "\":" + std::to_string(i) + ',';
  Container container(text + "\"large\":" + large + '}');
  const std::size_t chunks = container.chunks().size();
  testing::Dice dice(63);
  for (std::size_t left = 20'000; left > 2'000; --left) {
    ASSERT_TRUE(container.splice(change("", dice.roll(left), 1, ""), nullptr));
  }
  EXPECT_LT(container.chunks().size(), chunks / 4);
  // What is opened inside is found from above and from below, whatever number its chunk has now.
  EXPECT_FALSE(View(container).member("large")->is_text());
  ASSERT_TRUE(container.splice(change("/large", 0, 1, ""), nullptr));
  EXPECT_EQ(View(container).member("large")->text(), "[2]");
  Buffer before;
  EXPECT_FALSE(container.splice(change("", 0, 2'001, ""), &before));
  EXPECT_EQ(before.size() + 2, container.bytes());
}

TEST(ValueSplice, closes_what_becomes_small_above_the_change) {
  const std::string large = "[" + std::string(10'000, '1') + "]";
  Value value("key", "[" + std::string(10'000, '3') + ",{\"a\":{\"b\":" + large + "}}]");
  value.open_if_large();
  EXPECT_TRUE(is_opened(value, "/1/a/b"));
  EXPECT_EQ(splice(value, change("/1/a/b", 0, 1, "")), inside(large));
  EXPECT_FALSE(is_opened(value, "/1"));
  EXPECT_EQ(text_of(value), "[" + std::string(10'000, '3') + ",{\"a\":{\"b\":[]}}]");
}

TEST(ValueSplice, fresh_names_come_and_go_without_end) {
  constexpr int kNames = 5'000;
  constexpr int kRounds = 100'000;
  const auto member = [](int i) {
    return "\"name" + std::to_string(i) + "\":" + std::to_string(i);
  };
  const auto text = [&](int first) {
    std::string out = '{' + member(first);
    for (int i = 1; i < kNames; ++i) out += ',' + member(first + i);
    return out + '}';
  };
  Value value("key", text(0));
  testing::Dice dice(64);
  for (int i = 0; i < kRounds; ++i) {
    // One that moves through all names, and one that comes and goes at random.
    value.splice(change("", 0, 1, ""), nullptr);
    value.splice(change("", kNames - 1, 0, member(kNames + i)), nullptr);
    const std::string fresh = member(-1 - i);
    value.splice(change("", dice.roll(kNames + 1), 0, fresh), nullptr);
    const auto index = View(value).index_of("name" + std::to_string(-1 - i));
    ASSERT_TRUE(index);
    ASSERT_EQ(splice(value, change("", *index, 1, "")), fresh);
  }
  EXPECT_EQ(text_of(value), text(kRounds));
  EXPECT_FALSE(View(value).index_of("name-1"));
  EXPECT_EQ(View(value).index_of("name" + std::to_string(kRounds + 17)), 17U);
}

TEST(ValueSplice, opens_what_grows_large_in_a_chunk_and_closes_what_shrinks) {
  std::string text = "{\"m\":0";
  for (int i = 0; i < 2'000; ++i) text += ",\"m" + std::to_string(i) + "\":[]";
  Value value("key", text + '}');
  const auto grow = [&](int count) {
    for (int i = 0; i < count; ++i) {
      value.splice(change("/m1000", 0, 0, R"({"item":12345678})"), nullptr);
    }
  };
  grow(6'000);
  EXPECT_TRUE(is_opened(value, "/m1000"));
  EXPECT_EQ(View(value).at(*Pointer::parse("/m1000"))->bytes(), 6'000U * 18 + 1);
  // So small that it is a text, but with a chunk of its own; from there it grows again.
  value.splice(change("/m1000", 10, 5'900, ""), nullptr);
  EXPECT_FALSE(is_opened(value, "/m1000"));
  grow(6'000);
  EXPECT_TRUE(is_opened(value, "/m1000"));
  value.splice(change("/m1000", 0, 6'100, ""), nullptr);
  EXPECT_EQ(text_of(value), text + '}');
}

TEST(ValueSplice, puts_members_beside_long_ones_without_moving_them) {
  Container container("[\"" + std::string(100'000, 'l') + "\",\"" + std::string(100'000, 'm') +
                      "\"]");
  const View view(container);
  const char* const first = view.item(0)->text().data();
  const char* const second = view.item(1)->text().data();
  for (std::size_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(container.splice(change("", 0, 0, "1"), nullptr));
    ASSERT_TRUE(container.splice(change("", i + 2, 0, "2"), nullptr));
    ASSERT_TRUE(container.splice(change("", 2 * i + 4, 0, "3"), nullptr));
  }
  EXPECT_EQ(view.item(3)->text().data(), first);
  EXPECT_EQ(view.item(7)->text().data(), second);
  EXPECT_EQ(container.chunks().size(), 5U);
  Buffer text;
  container.append_to(text);
  EXPECT_EQ(text.view().substr(0, 8), "[1,1,1,\"");
  EXPECT_EQ(text.view().substr(100'009, 9), ",2,2,2,\"m");
  EXPECT_EQ(text.view().substr(text.size() - 8), "\",3,3,3]");
}

TEST(Value, replaces_and_tells_what_was_there) {
  for (const std::size_t size : {10U, 20'000U}) {
    const std::string before = "{\"a\":[1," + std::string(size, '7') + ",3]}";
    Value value("key", before);
    Buffer gone;
    const Edit edit{.pointer = *Pointer::parse("/a/1"), .text = "[2]", .depth = 1};
    EXPECT_EQ(value.replace(edit, 2, &gone), Status::kOutOfBounds);
    EXPECT_EQ(text_of(value), before);
    EXPECT_EQ(value.replace(edit, 3, &gone), Status::kOk);
    EXPECT_EQ(text_of(value), "{\"a\":[1,[2],3]}");
    EXPECT_EQ(gone.view(), std::string(size, '7'));
    const Edit undo{.pointer = edit.pointer, .text = gone.view(), .depth = 0};
    EXPECT_EQ(value.replace(undo, 3, nullptr), Status::kOk);
    EXPECT_EQ(text_of(value), before);
  }
}

TEST(Value, is_opened_by_wish_only_if_large_and_closed_only_if_small) {
  Value small("key", "[1,2]");
  small.open_if_large();
  EXPECT_FALSE(is_opened(small, ""));
  const std::string string = '"' + std::string(10'000, 's') + '"';
  Value scalar("key", string);
  scalar.open_if_large();
  EXPECT_FALSE(is_opened(scalar, ""));
  Value large("key", '[' + string + ",2]");
  large.open_if_large();
  EXPECT_TRUE(is_opened(large, ""));
  large.close_if_small();
  EXPECT_TRUE(is_opened(large, ""));
  large.splice(change("", 0, 1, ""), nullptr);
  EXPECT_TRUE(is_opened(large, ""));
  large.close_if_small();
  EXPECT_FALSE(is_opened(large, ""));
  EXPECT_EQ(text_of(large), "[2]");
}

}  // namespace seshdb::json
