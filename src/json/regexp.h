// Regular expressions of I-Regexp (RFC 9485), matched by RE2 in linear time and bounded memory.
// Nothing else of RE2's syntax can be reached. Text is WTF-8, as json/string.h decodes it: a lone
// surrogate is a code point.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "json/regexp_syntax.h"

namespace re2 {
class RE2;
}

namespace seshdb::json {

class Regexp {
 public:
  static constexpr std::size_t kBytesMax = 256;
  /// Instructions of RE2, about; a category of characters has 1,200. The time to compile them is in
  /// proportion: a millisecond or two for all.
  static constexpr std::size_t kSizeMax = 4'000;

  /// `pattern` is decoded. What has a fault matches nothing. With `whole` it has to match all of a
  /// text, else some part of it. `size_max` bounds its size further.
  Regexp(std::string_view pattern, bool whole, std::size_t size_max = kSizeMax);
  Regexp(Regexp&&) noexcept;
  Regexp& operator=(Regexp&&) noexcept;
  Regexp(const Regexp&) = delete;
  Regexp& operator=(const Regexp&) = delete;
  ~Regexp();

  [[nodiscard]] RegexpFault fault() const { return fault_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  /// `text` is decoded.
  [[nodiscard]] bool matches(std::string_view text) const;
  /// The steps that matching so many bytes takes: more for a large expression.
  [[nodiscard]] std::size_t steps(std::size_t bytes) const;

 private:
  std::unique_ptr<re2::RE2> program_;  // null where there is a fault
  std::size_t size_ = 0;
  RegexpFault fault_;
  bool whole_;
};

}  // namespace seshdb::json
