// Bounds the bytes of an answer that is written piece by piece.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/buffer.h"
#include "json/string.h"
#include "json/view.h"

namespace seshdb::commands {

class BoundedOut {
 public:
  /// Of what is appended to `out` from here on, which outlives it.
  BoundedOut(Buffer& out, std::size_t bytes_max) : out_(out), end_(out.size() + bytes_max) {}

  [[nodiscard]] Buffer& buffer() { return out_; }
  [[nodiscard]] bool has_room(std::size_t bytes = 0) const { return out_.size() + bytes <= end_; }
  /// Appends a value, or a string in quotes. False past the bound, where no more than a part is
  /// written.
  [[nodiscard]] bool append(const json::View& view) {
    const json::View whole = view.detached();  // its end is looked for once
    if (!has_room(whole.bytes())) return false;
    whole.append_to(out_);
    return has_room();
  }
  [[nodiscard]] bool append_string(std::string_view decoded) {
    json::append_string(decoded, out_);
    return has_room();
  }

 private:
  Buffer& out_;
  std::size_t end_;
};

}  // namespace seshdb::commands
