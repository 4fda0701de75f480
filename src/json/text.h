// Walks over stored JSON text, which was checked and compacted before: no white space, no duplicate
// names, no errors. Reads each byte at most once and never recurses.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "json/outline.h"

namespace seshdb::json {

/// The kind of the value at the begin of `text`. REQUIRES: `text` is not empty.
[[nodiscard]] Kind kind_of(std::string_view text);

/// True for the first byte of an object or an array.
[[nodiscard]] inline bool opens_container(char first) { return first == '{' || first == '['; }

/// Levels of nesting in `value`: 0 for a scalar, 1 for `[]`.
[[nodiscard]] std::uint32_t depth_of(std::string_view value);

/// The text between a container's brackets or a string's quotes.
[[nodiscard]] inline std::string_view inside(std::string_view text) {
  return text.substr(1, text.size() - 2);
}

/// Returns the place behind the string whose opening quote is at `at`.
[[nodiscard]] const char* skip_string(const char* at, const char* end);

/// Returns the place behind the value that begins at `at`.
[[nodiscard]] const char* skip_value(const char* at, const char* end);

/// Returns the place of the value of the member `name` (decoded), or null. REQUIRES: `text` begins
/// with an object; more may follow it.
[[nodiscard]] const char* find_member(std::string_view text, std::string_view name);

/// The ends of all containers of a text, in the order in which they begin, found in one pass. With
/// them a walk down many levels skips each container in constant time; without them every level
/// would scan again what the level above has scanned.
class Extents {
 public:
  struct Extent {
    std::uint32_t bytes;  // of the container
    std::uint32_t next;   // index of the first container that is not inside this one
  };
  Extents() = default;
  explicit Extents(std::string_view text) { read(text); }
  /// Those of another text, in the same memory.
  void read(std::string_view text);
  [[nodiscard]] const Extent& at(std::uint32_t index) const { return extents_[index]; }

 private:
  std::vector<Extent> extents_;
  std::vector<std::uint32_t> open_;  // while reading
};

/// Iterates over the members of an object or the items of an array:
///   for (Members m(text); m.more(); m.skip()) … m.name(), m.value_at()
class Members {
 public:
  /// Over nothing.
  Members() = default;
  /// `extents`: those of a text in which `container` has the number `index`; with them nothing is
  /// scanned twice. REQUIRES: `container` begins with an object or an array; more may follow it.
  explicit Members(std::string_view container, const Extents* extents = nullptr,
                   std::uint32_t index = 0)
      : at_(container.data() + 1),
        end_(container.data() + container.size()),
        extents_(extents),
        extent_(index + 1),
        object_(container.front() == '{') {
    begin_member();
  }

  [[nodiscard]] bool more() const { return value_ != nullptr; }
  /// The raw name; empty in an array.
  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] const char* value_at() const { return value_; }
  /// The place behind the value. Scans the value, unless it jumps().
  [[nodiscard]] const char* value_end() const {
    return jumps() ? value_ + extents_->at(extent_).bytes : skip_value(value_, end_);
  }
  /// True if the extents have the value's end.
  [[nodiscard]] bool jumps() const { return extents_ != nullptr && opens_container(*value_); }
  /// The value's text.
  [[nodiscard]] std::string_view value() const {
    return {value_, static_cast<std::size_t>(value_end() - value_)};
  }
  /// The member's first byte; after the last skip() the closing bracket.
  [[nodiscard]] const char* position() const { return at_; }
  /// The value's index in the extents. REQUIRES: there are some; the value is a container.
  [[nodiscard]] std::uint32_t extent() const { return extent_; }
  [[nodiscard]] const Extents* extents() const { return extents_; }
  /// Goes on to the next member.
  void skip() { skip(value_end()); }
  /// The same, where value_end() is known already.
  void skip(const char* behind) {
    if (jumps()) extent_ = extents_->at(extent_).next;
    at_ = behind + (*behind == ',' ? 1 : 0);
    begin_member();
  }

 private:
  void begin_member() {
    if (*at_ == '}' || *at_ == ']') {
      value_ = nullptr;
      return;
    }
    value_ = at_;
    if (object_) {
      const char* const behind = skip_string(at_, end_);
      name_ = {at_ + 1, static_cast<std::size_t>(behind - at_ - 2)};
      value_ = behind + 1;
    }
  }

  const char* at_ = nullptr;
  const char* end_ = nullptr;
  const Extents* extents_ = nullptr;
  std::uint32_t extent_ = 0;
  const char* value_ = nullptr;
  std::string_view name_;
  bool object_ = false;
};

}  // namespace seshdb::json
