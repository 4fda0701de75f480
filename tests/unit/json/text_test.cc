// A member of a text is found as a walk over all members finds it, whatever stands at the ends of
// the blocks that are read at a time.
#include "json/text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "json/string.h"
#include "support/random.h"

namespace seshdb::json {

namespace {

using testing::Dice;

// Some values look like members and ends of the object that they are in.
std::string random_value(Dice& dice, bool with_escapes, int levels) {
  static const std::vector<std::string> kPlain = {
      "1",  "-2.5e10", "true",  "null",    R"("")",      R"("a,b")",
      "[]", "{}",      "[1,2]", R"("{[")", R"("}],\"")", R"({"a":1,"k1":[2,{"k2":3}]})"};
  const std::size_t drawn = dice.roll(kPlain.size() + 2);
  if (drawn < kPlain.size()) {
    const std::string& text = kPlain[drawn];
    return with_escapes || text.find('\\') == std::string::npos ? text : "0";
  }
  if (drawn == kPlain.size()) return '"' + std::string(dice.roll(80), ',') + '"';
  if (levels == 0) return "[[],[]]";
  return R"({"k1":)" + random_value(dice, with_escapes, levels - 1) + R"(,"x":)" +
         random_value(dice, with_escapes, levels - 1) + '}';
}

// The same by a walk.
const char* found_by_walk(std::string_view text, std::string_view name) {
  std::string scratch;
  for (Members members(text); members.more(); members.skip()) {
    if (decoded(members.name(), scratch) == name) return members.value_at();
  }
  return nullptr;
}

}  // namespace

TEST(FindMember, finds_what_a_walk_finds) {
  Dice dice(53);
  for (int i = 0; i < 3'000; ++i) {
    const bool with_escapes = dice.one_in(4);
    std::string text = "{";
    std::vector<std::string> names = {"",     ",",  ":",  "{",  "}",
                                      "none", "\"", "\\", "\n", "k\xC3\xA9"};
    const std::size_t count = dice.roll(12);
    for (std::size_t member = 0; member < count; ++member) {
      std::string name = (dice.one_in(3) ? "name" : "k") + std::to_string(member);
      if (dice.one_in(8)) name.assign(60 + dice.roll(10), static_cast<char>('a' + member));
      text += (member == 0 ? "" : ",") + ('"' + name) + "\":";
      text += random_value(dice, with_escapes, 2);
      names.push_back(std::move(name));
    }
    if (with_escapes) text += std::string(count == 0 ? "" : ",") + R"("\u006b\"":7)";
    names.emplace_back("k\"");
    text += '}';
    const std::string_view object(text);
    // What follows belongs to the objects that this one is in.
    const std::string more = text + R"(,"none":1,",":2,"k1":3}])";
    for (const std::string& name : names) {
      const char* const wanted = found_by_walk(object, name);
      ASSERT_EQ(find_member(object, name), wanted) << name << " in " << text;
      const char* const behind = find_member(more, name);
      ASSERT_EQ(behind == nullptr, wanted == nullptr) << name << " in " << more;
      if (wanted != nullptr) {
        ASSERT_EQ(behind - more.data(), wanted - text.data()) << more;
      }
    }
  }
}

}  // namespace seshdb::json
