// Letters, digits and white space of ASCII text, independent of the locale. Other bytes stay
// unchanged.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace seshdb {

/// A letter in lower case.
[[nodiscard]] constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// `text` in lower case.
[[nodiscard]] inline std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

/// `text` without the characters of `spaces` at its beginning and its end.
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text,
                                                 std::string_view spaces = " \t") {
  const auto is_space = [spaces](char c) { return spaces.find(c) != std::string_view::npos; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace seshdb
