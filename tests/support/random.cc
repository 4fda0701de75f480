// The words are few, so that names repeat, and special, so that every escape occurs.
#include "support/random.h"

#include <array>
#include <vector>

#include "support/json_tree.h"

namespace seshdb::testing {

namespace {

// Raw names; the two of a pair are the same name.
constexpr std::array<std::string_view, 12> kNames = {
    "a", R"(\u0061)", "b", "", "m~n", "a/b", "0", "1", R"(q\"q)", "name", "é", R"(\u00e9)"};
constexpr std::array<std::string_view, 10> kNumbers = {
    "0", "-0", "1", "12345678901234567890123", "1e400", "-1.50", "0.1E-7", "3.0", "7", "1e2"};
constexpr std::array<std::string_view, 9> kStrings = {
    R"("")",
    R"("a")",
    R"("\n\t\\")",
    R"("\ud83d\ude00")",
    R"("\ud800")",
    R"("é€")",
    R"("{[")",
    R"("]},:")",
    R"("a longer string, to cross a sixteen byte block")"};

void append_space(Dice& dice, const JsonStyle& style, std::string& out) {
  while (style.spaces && dice.one_in(3)) {
    out += dice.pick(std::string_view(" \n\r\t"));
  }
}

void append_value(Dice& dice, std::size_t levels, const JsonStyle& style, std::string& out);

void append_object(Dice& dice, std::size_t levels, const JsonStyle& style, std::string& out) {
  std::vector<std::string> used;
  out += '{';
  bool first = true;
  for (std::size_t i = dice.one_in(12) ? 40 : dice.roll(5); i > 0; --i) {
    std::string name(dice.pick(kNames));
    if (dice.one_in(4)) name += std::to_string(dice.roll(50));
    const std::string meaning = parse_json('"' + name + '"')->decoded();
    bool again = false;
    for (const std::string& other : used) again = again || other == meaning;
    if (again && !style.duplicates) continue;
    used.push_back(meaning);
    if (!first) out += ',';
    first = false;
    append_space(dice, style, out);
    out += '"' + name + '"';
    append_space(dice, style, out);
    out += ':';
    append_space(dice, style, out);
    append_value(dice, levels - 1, style, out);
    append_space(dice, style, out);
  }
  append_space(dice, style, out);
  out += '}';
}

void append_array(Dice& dice, std::size_t levels, const JsonStyle& style, std::string& out) {
  out += '[';
  const std::size_t count = dice.roll(5);
  for (std::size_t i = 0; i < count; ++i) {
    if (i != 0) out += ',';
    append_space(dice, style, out);
    append_value(dice, levels - 1, style, out);
    append_space(dice, style, out);
  }
  append_space(dice, style, out);
  out += ']';
}

void append_value(Dice& dice, std::size_t levels, const JsonStyle& style, std::string& out) {
  const std::size_t kind = dice.roll(levels == 0 ? 4 : 9);
  if (kind == 0) {
    out += dice.pick(std::array<std::string_view, 3>{"true", "false", "null"});
  } else if (kind == 1) {
    out += dice.pick(kNumbers);
  } else if (kind < 4) {
    out += dice.pick(kStrings);
  } else if (kind < 7) {
    append_object(dice, levels, style, out);
  } else {
    append_array(dice, levels, style, out);
  }
}

std::string escaped_token(const std::string& name) {
  std::string out;
  for (const char c : name) {
    out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  }
  return out;
}

}  // namespace

std::string random_json(Dice& dice, std::size_t levels, JsonStyle style) {
  std::string out;
  append_space(dice, style, out);
  append_value(dice, levels, style, out);
  append_space(dice, style, out);
  return out;
}

std::string large_json(Dice& dice, std::size_t bytes, std::size_t levels, bool object) {
  std::string out(1, object ? '{' : '[');
  for (int i = 0; out.size() < bytes; ++i) {
    if (i != 0) out += ',';
    if (object) {
      out += dice.one_in(10) ? "\"\\u006D\\/" : "\"m";
      out += std::to_string(i) + "\":";
    }
    if (levels != 0 && dice.one_in(12)) {
      out += large_json(dice, bytes / 3, levels - 1, dice.one_in(2));
    } else if (dice.one_in(30)) {
      out += '"' + std::string(dice.roll(5'000), 's') + '"';
    } else {
      out += random_json(dice, 2);
    }
  }
  return out + (object ? '}' : ']');
}

std::string random_pointer(Dice& dice, std::string_view text) {
  return random_pointer(dice, *parse_json(text), 0);
}

std::string random_pointer(Dice& dice, const Json& root, std::size_t levels_least) {
  const Json* at = &root;
  std::string out;
  for (std::size_t level = 0; level < levels_least || !dice.one_in(4); ++level) {
    if (at->is_object() && !at->members.empty()) {
      const auto& member = dice.pick(at->members);
      out += '/' + escaped_token(member.first.decoded());
      at = &member.second;
    } else if (!at->items.empty()) {
      const std::size_t index = dice.roll(at->items.size());
      out += '/' + std::to_string(index);
      at = &at->items[index];
    } else {
      break;
    }
  }
  if (dice.one_in(5)) {
    out += dice.pick(std::array<std::string_view, 6>{"/", "/a", "/0", "/-", "/01", "/99"});
  }
  return out;
}

}  // namespace seshdb::testing
