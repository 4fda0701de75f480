// Where a node stands in the value that was searched: names and indices from the root down, and the
// two ways to write them.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "json/view.h"

namespace seshdb::json {

struct LocationStep {
  Name name;              // of a member
  std::size_t index = 0;  // of an item
  bool is_index = false;
};

/// Holds a view: of names too, which stand in the value or in the path.
class Location {
 public:
  explicit Location(std::span<const LocationStep> steps) : steps_(steps) {}

  [[nodiscard]] std::span<const LocationStep> steps() const { return steps_; }
  /// Appends the JSON Pointer (RFC 6901), decoded.
  void append_pointer(std::string& out) const;
  /// Appends the normalized path (RFC 9535, section 2.7), decoded. A lone surrogate in a name, for
  /// which that section has no spelling, stands for itself.
  void append_path(std::string& out) const;

 private:
  std::span<const LocationStep> steps_;
};

}  // namespace seshdb::json
