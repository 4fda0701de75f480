// Walking over JSON text that was checked and compacted before (a stored value): no white space, no
// duplicate names, nothing to refuse. Reads each byte at most once and never recurses.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "json/outline.h"

namespace seshdb::json {

/// What kind of value begins with this byte.
[[nodiscard]] Kind kind_of(std::string_view text);

/// What stands between a container's brackets or a string's quotes.
[[nodiscard]] inline std::string_view inside(std::string_view text) {
  return text.substr(1, text.size() - 2);
}

/// Behind the string whose opening quote stands at `at`.
[[nodiscard]] const char* skip_string(const char* at, const char* end);

/// Behind the value that begins at `at`.
[[nodiscard]] const char* skip_value(const char* at, const char* end);

/// Where every container of a text ends, found in one pass, in the order in which they begin. With
/// it a walk that goes down many levels steps over each container in constant time; without it
/// every level would scan again what the level above has scanned.
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

/// The members of an object or the items of an array, one after the other:
///   for (Members m(text); m.more(); m.skip()) … m.name(), m.value_at()
class Members {
 public:
  /// REQUIRES: `container` begins with an object or an array (more may follow it). With `extents`,
  /// of a text that holds `container` as its container number `index`, nothing is scanned twice.
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
  /// The value's text.
  [[nodiscard]] std::string_view value() const {
    return {value_, static_cast<std::size_t>(value_end() - value_)};
  }
  /// Where the walk stands: at the member or, once it was skipped, at the next or the last bracket.
  [[nodiscard]] const char* position() const { return at_; }
  /// The value's number among the containers. REQUIRES: the value is a container.
  [[nodiscard]] std::uint32_t extent() const { return extent_; }
  /// Goes on to the next member.
  void skip() {
    const char* const behind = value_end();
    if (extents_ != nullptr && is_container()) {
      extent_ = extents_->at(extent_).next;
    }
    at_ = behind + (*behind == ',' ? 1 : 0);
    begin_member();
  }

 private:
  [[nodiscard]] bool is_container() const { return *value_ == '{' || *value_ == '['; }
  [[nodiscard]] const char* value_end() const {
    return extents_ != nullptr && is_container() ? value_ + extents_->at(extent_).bytes
                                                 : skip_value(value_, end_);
  }

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

  const char* at_;
  const char* end_;
  const Extents* extents_;
  std::uint32_t extent_;
  const char* value_ = nullptr;
  std::string_view name_;
  bool object_;
};

}  // namespace seshdb::json
