// Large values, which are opened: any changes equal the slow reference, and a failed one changes
// nothing.
#include "json/container.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/oracle.h"
#include "support/random.h"
#include "support/stored_text.h"

namespace seshdb::json {

namespace {

constexpr std::uint32_t kDeep = 1024;

using testing::large_json;
using testing::text_of;

std::string replacement(testing::Dice& dice) {
  if (dice.one_in(10)) return large_json(dice, dice.roll(20'000), 1, dice.one_in(2));
  if (dice.one_in(10)) return '"' + std::string(dice.roll(5'000), 'r') + '"';
  return testing::random_json(dice, 2);
}

// A value and its reference, with the changes to both.
class Pair {
 public:
  explicit Pair(const std::string& text) : value_("key", text), tree_(*testing::parse_json(text)) {}

  void update(testing::Dice& dice, std::size_t count) {
    std::vector<std::string> pointers;
    std::vector<std::string> texts;
    testing::Json changed = tree_;
    std::size_t bad = count;
    for (std::size_t i = 0; i < count; ++i) {
      // In the tree after the earlier edits, so that edits overlap.
      pointers.push_back(testing::random_pointer(dice, changed, 1));
      texts.push_back(replacement(dice));
      testing::Json* const target =
          bad == count ? testing::select(changed, pointers.back()) : nullptr;
      if (target != nullptr) {
        *target = *testing::parse_json(texts.back());
      } else if (bad == count) {
        bad = i;
      }
    }
    std::vector<Edit> edits;
    for (std::size_t i = 0; i < count; ++i) {
      edits.push_back({.pointer = *Pointer::parse(pointers[i]), .text = texts[i], .depth = 0});
    }
    std::size_t failed = count;
    const Status status = value_.update(edits, kDeep, failed);
    if (bad != count) {
      ASSERT_EQ(status, Status::kPathNotExist);
      ASSERT_EQ(failed, bad);
    } else {
      ASSERT_EQ(status, Status::kOk);
      tree_ = std::move(changed);
    }
  }

  void append(const std::string& added) {
    const bool fits = testing::append_to(tree_, *testing::parse_json(added));
    ASSERT_EQ(value_.append(added, 0, kDeep), fits ? Status::kOk : Status::kValueTypeInvalid);
  }

  void check() const {
    const std::string text = text_of(value_);
    ASSERT_EQ(text, testing::to_text(tree_));
    ASSERT_EQ(value_.bytes(), text.size());
    ASSERT_EQ(value_.label(), "key");
  }

  [[nodiscard]] const testing::Json& tree() const { return tree_; }

 private:
  Value value_;
  testing::Json tree_;
};

// Members that are there already, and new ones.
std::string addition(testing::Dice& dice, const testing::Json& to, int number) {
  if (!to.is_object()) return replacement(dice);
  std::string out = "{";
  for (std::size_t n = dice.roll(4); n > 0 && !to.members.empty(); --n) {
    const auto& member = dice.pick(to.members);
    const std::string name = '"' + member.first.text + "\":";
    if (out.find(name) != std::string::npos) continue;
    out += name;
    out += member.second.is_object() ? addition(dice, member.second, number) : replacement(dice);
    out += ',';
  }
  return out + "\"new" + std::to_string(number) + "\":" + replacement(dice) + '}';
}

}  // namespace

TEST(Container, any_changes_equal_the_slow_reference) {
  testing::Dice dice(41);
  for (int i = 0; i < 40 / SESHDB_TEST_SHARE; ++i) {
    Pair pair(large_json(dice, 5'000 + dice.roll(60'000), 2, dice.one_in(2)));
    for (int step = 0; step < 60; ++step) {
      if (dice.one_in(4)) {
        pair.append(addition(dice, pair.tree(), step));
      } else {
        pair.update(dice, dice.one_in(3) ? 1 + dice.roll(12) : 1);
      }
      ASSERT_FALSE(HasFatalFailure()) << "document " << i << ", step " << step;
      pair.check();
      ASSERT_FALSE(HasFatalFailure()) << "document " << i << ", step " << step;
    }
  }
}

TEST(Container, grows_member_by_member_and_shrinks_again) {
  Value value("key", "{}");
  std::string text = "{";
  constexpr int kMembers = 3'000;
  for (int i = 0; i < kMembers; ++i) {
    const std::string member = "\"m" + std::to_string(i) + "\":\"" + std::string(40, 'v') + '"';
    ASSERT_EQ(value.append('{' + member + '}', 1, kDeep), Status::kOk);
    text += (i == 0 ? "" : ",") + member;
  }
  EXPECT_EQ(text_of(value), text + '}');
  for (int i = kMembers - 1; i >= 0; --i) {
    const std::string pointer = "/m" + std::to_string(i);
    const Edit edit{.pointer = *Pointer::parse(pointer), .text = "1", .depth = 0};
    std::size_t failed = 0;
    ASSERT_EQ(value.update({&edit, 1}, kDeep, failed), Status::kOk) << i;
  }
  std::string small = "{";
  for (int i = 0; i < kMembers; ++i) {
    small += (i == 0 ? "\"m" : ",\"m") + std::to_string(i) + "\":1";
  }
  EXPECT_EQ(text_of(value), small + '}');
}

TEST(Container, takes_a_member_whose_name_is_longer_than_a_label) {
  const std::string name(Value::kLabelBytesMax + 1, 'n');
  const std::string inner = '[' + std::string(20'000, '1') + ",2,3]";
  Value value("key", "{\"a\":1,\"" + name + "\":" + inner + ",\"z\":2}");
  for (const std::string& pointer : {'/' + name + "/1", std::string("/z"), '/' + name + "/1"}) {
    const Edit edit{.pointer = *Pointer::parse(pointer), .text = "55", .depth = 0};
    std::size_t failed = 0;
    ASSERT_EQ(value.update({&edit, 1}, kDeep, failed), Status::kOk);
  }
  EXPECT_EQ(text_of(value),
            "{\"a\":1,\"" + name + "\":[" + std::string(20'000, '1') + ",55,3],\"z\":55}");
}

}  // namespace seshdb::json
