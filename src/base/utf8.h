// UTF-8 (RFC 3629): of text that arrives in pieces, and of whole texts.
#pragma once

#include <cstdint>
#include <string_view>

namespace seshdb {

/// Checks a text piece by piece; a piece may end inside a character.
class Utf8Stream {
 public:
  /// False as soon as no continuation could make the text valid.
  [[nodiscard]] bool add(std::string_view piece);
  /// True where the text ends at the end of a character.
  [[nodiscard]] bool complete() const { return needed_ == 0; }
  void reset() { needed_ = 0; }

 private:
  std::uint8_t needed_ = 0;  // continuation bytes that are still to come
  std::uint8_t low_ = 0x80;  // bounds of the next one
  std::uint8_t high_ = 0xBF;
};

/// Is `text` valid UTF-8 as a whole?
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace seshdb
