// The one pass over a text from outside: checks it against RFC 8259 and records the places of its
// upper values, and nothing of the values below. Places are offsets, so an outline stays valid when
// its text moves. Never recurses, and allocates nothing once its buffers have grown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "json/string.h"

namespace seshdb::json {

enum class Kind : std::uint8_t { kObject, kArray, kString, kNumber, kBool, kNull };

/// One value of the upper levels. All positions are byte offsets into the text.
struct Node {
  std::uint32_t begin = 0;  // of the value; a string's includes its quotes
  std::uint32_t end = 0;
  std::uint32_t name_begin = 0;  // of the member's raw name, without quotes; both 0: no member
  std::uint32_t name_end = 0;
  std::uint32_t next = 0;    // index of the first node that is not below this one
  std::uint32_t spaces = 0;  // bytes of insignificant white space inside
  std::uint16_t depth = 0;   // levels of nesting inside: 0 for a scalar, 1 for `[]`
  Kind kind = Kind::kNull;
  bool escaped = false;         // a string with a backslash in it
  bool name_escaped = false;    // a raw name with a backslash in it
  bool superseded = false;      // a later member of the same object has the same name
  bool has_duplicates = false;  // some object inside holds a name twice

  [[nodiscard]] std::string_view text(std::string_view whole) const {
    return whole.substr(begin, end - begin);
  }
  [[nodiscard]] std::string_view name(std::string_view whole) const {
    return whole.substr(name_begin, name_end - name_begin);
  }
  /// The inside of a string. REQUIRES: kind == kString.
  [[nodiscard]] std::string_view raw(std::string_view whole) const {
    return whole.substr(begin + 1, end - begin - 2);
  }
  /// The inside of a string, decoded: a view of `whole` where nothing is escaped, else of
  /// `scratch`.
  [[nodiscard]] std::string_view string(std::string_view whole, std::string& scratch) const {
    return escaped ? decoded(raw(whole), scratch) : raw(whole);
  }
  /// The same for the name.
  [[nodiscard]] std::string_view decoded_name(std::string_view whole, std::string& scratch) const {
    return name_escaped ? decoded(name(whole), scratch) : name(whole);
  }
};

enum class Verdict : std::uint8_t { kValid, kInvalid, kTooDeep };

class Outline {
 public:
  /// Values on levels 0 to kLevels get nodes: the request, the command's value, its parameters, and
  /// the members and items of those.
  static constexpr std::uint32_t kLevels = 3;

  /// Reads `text`. On kValid, nodes() has the root first and children behind their parent, in
  /// order, until the next call. REQUIRES: valid UTF-8, less than 4 GiB; depth_max <= 65535.
  [[nodiscard]] Verdict read(std::string_view text, std::uint32_t depth_max);

  [[nodiscard]] std::span<const Node> nodes() const { return nodes_; }
  /// Where reading stopped, in bytes, after kInvalid or kTooDeep.
  [[nodiscard]] std::size_t stopped_at() const { return stopped_at_; }
  /// A member that a later one of the same name supersedes; byte offsets.
  struct Range {
    std::uint32_t begin;
    std::uint32_t end;
  };
  /// In no order.
  [[nodiscard]] std::span<const Range> superseded() const { return superseded_; }
  /// Bytes of memory kept for the next text. The memory of a huge text is freed by the next read.
  [[nodiscard]] std::size_t kept_bytes() const;

 private:
  friend class Reader;
  struct Frame {
    std::uint32_t node;         // kNone below the upper levels
    std::uint32_t names_begin;  // first name of this object in names_
    std::uint32_t spaces;       // the counters where the container began
    std::uint32_t duplicates;
    std::uint32_t depth;  // deepest level outside; the inside is counted by itself
    bool object;
  };
  struct Name {
    std::uint32_t hash;
    std::uint32_t begin;  // of the raw name
    std::uint32_t end;
    std::uint32_t value_end;
    std::uint32_t node;
    bool escaped;
  };

  std::vector<Node> nodes_;
  std::vector<Frame> frames_;
  std::vector<Name> names_;
  std::vector<std::uint32_t> table_;
  std::vector<Range> superseded_;
  std::string scratch_a_;
  std::size_t stopped_at_ = 0;
  bool was_large_ = false;  // the last text may have needed much memory
};

}  // namespace seshdb::json
