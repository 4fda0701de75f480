// Checks UTF-8 (RFC 3629): text that arrives in pieces, and whole texts.
#pragma once

#include <cstdint>
#include <string_view>

namespace seshdb {

/// Checks a text piece by piece; a piece may end inside a character.
class Utf8Stream {
 public:
  /// Returns false as soon as the text is not valid, whatever follows.
  [[nodiscard]] bool add(std::string_view piece);
  /// True if the text does not end inside a character.
  [[nodiscard]] bool complete() const { return needed_ == 0; }
  void reset() { needed_ = 0; }

 private:
  std::uint8_t needed_ = 0;  // continuation bytes that are missing
  std::uint8_t low_ = 0x80;  // bounds of the next byte
  std::uint8_t high_ = 0xBF;
};

/// True if `text` is valid UTF-8.
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace seshdb
