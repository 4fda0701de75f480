// The stored documents, and the places in them that an update can change.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "load/options.h"
#include "load/random.h"

namespace seshdb::bench {

class Documents {
 public:
  /// REQUIRES: bytes >= 150, enough for the smallest of each shape.
  Documents(Shape shape, std::uint32_t bytes);

  /// A whole document of the requested size.
  [[nodiscard]] const std::string& text() const { return text_; }
  /// The number of places that an update can change.
  [[nodiscard]] std::uint32_t places() const { return places_; }
  /// A place's JSON Pointer (RFC 6901), and its JSONPath (RFC 9535).
  void append_pointer(std::uint32_t place, std::string& to) const;
  void append_path(std::uint32_t place, std::string& to) const;
  /// Where an increment counts: the JSON Pointer and the JSONPath of a number in the document,
  /// which only a session has.
  [[nodiscard]] static bool has_counter(Shape shape) { return shape == Shape::kSession; }
  static constexpr std::string_view kCounterPointer = "/visits";
  static constexpr std::string_view kCounterPath = "$.visits";
  /// A merge patch (RFC 7396) that puts `value` in the place. REQUIRES: can_merge() of
  /// its shape.
  void append_merge(std::uint32_t place, std::string_view value, std::string& to) const;
  [[nodiscard]] static bool can_merge(Shape shape) { return shape != Shape::kArray; }
  /// A value for any place: a JSON string of the size that was there, or a little more or less.
  void append_value(SplitMix& random, std::string& to) const;
  /// No document shrinks below this, however often it is updated.
  [[nodiscard]] std::size_t bytes_least() const { return text_.size() / 4 * 3; }

 private:
  void make_members(std::string before, const std::string& after, std::size_t bytes);

  Shape shape_;
  std::string text_;
  std::uint32_t places_ = 0;
};

}  // namespace seshdb::bench
