// The text of a JSONPath, read token by token: blanks, numbers, strings and names as RFC 9535 has
// them. Each reader takes what it names or, where that is not there, nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace seshdb::json {

class PathText {
 public:
  explicit PathText(std::string_view text) : text_(text) {}

  [[nodiscard]] bool done() const { return at_ == text_.size(); }
  [[nodiscard]] std::size_t at() const { return at_; }
  /// The next byte; 0 at the end.
  [[nodiscard]] char peek() const { return done() ? '\0' : text_[at_]; }
  bool take(std::string_view token);
  void take_blanks();
  /// Takes blanks, but only where `.` or `[` follows them.
  bool take_blanks_before_segment();

  /// An integer of section 2.1: no leading zeros, no -0, at most 2^53 - 1 either way.
  [[nodiscard]] std::optional<std::int64_t> take_integer();
  /// A number literal, as it stands.
  [[nodiscard]] std::optional<std::string_view> take_number();
  /// A string literal in either quotes, decoded.
  [[nodiscard]] std::optional<std::string> take_string();
  /// A member-name-shorthand.
  [[nodiscard]] std::optional<std::string_view> take_name();
  /// A function-name; also the words true, false and null.
  [[nodiscard]] std::optional<std::string_view> take_word();

 private:
  [[nodiscard]] std::size_t digits_at(std::size_t at) const;
  [[nodiscard]] bool is_surrogate_at(std::size_t at) const;
  [[nodiscard]] std::optional<unsigned> take_hex4();
  bool take_escape(char quote, std::string& out);
  bool take_code_escape(std::string& out);

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace seshdb::json
