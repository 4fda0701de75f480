// The grammar of I-Regexp (RFC 9485, section 3) and its translation to the syntax of RE2 (section
// 5.4). Reads the pattern once, without recursion.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace seshdb::json {

enum class RegexpFault : std::uint8_t {
  kNone,      // no fault
  kInvalid,   // no I-Regexp
  kTooLarge,  // too long, or it needs more than RE2 has or may use
};

struct RegexpSyntax {
  std::string text;      // for RE2
  std::size_t size = 0;  // about how many instructions RE2 makes of it: it is known without RE2
  RegexpFault fault = RegexpFault::kNone;
};

/// `pattern` is decoded; a lone surrogate in it is no I-Regexp. An unescaped ^ or $ is an anchor.
/// Does not bound the pattern's length.
[[nodiscard]] RegexpSyntax to_re2(std::string_view pattern);

}  // namespace seshdb::json
