// Buffers that connections borrow while they have something to send, so that ten thousand idle ones
// hold none. One per core.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "base/buffer.h"

namespace seshdb::net {

class BufferPool {
 public:
  [[nodiscard]] Buffer take() {
    if (free_.empty()) {
      return {};
    }
    Buffer buffer = std::move(free_.back());
    free_.pop_back();
    return buffer;
  }
  void give(Buffer&& buffer) {
    Buffer owned = std::move(buffer);
    if (owned.capacity() <= kBytesMax && free_.size() < kCountMax) {
      owned.clear();
      free_.push_back(std::move(owned));
    }
  }

 private:
  static constexpr std::size_t kBytesMax = std::size_t{256} << 10;
  static constexpr std::size_t kCountMax = 64;
  std::vector<Buffer> free_;
};

}  // namespace seshdb::net
