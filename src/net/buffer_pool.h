// Buffers that connections borrow while they have something to send, so that idle connections use
// no memory for it. Not thread-safe.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "base/buffer.h"

namespace seshdb::net {

class BufferPool {
 public:
  /// Keeps returned buffers of at most `bytes_max` each and `total_max` in total. Frees the others.
  BufferPool(std::size_t bytes_max, std::size_t total_max)
      : bytes_max_(bytes_max), total_max_(total_max) {}

  [[nodiscard]] Buffer take() {
    if (free_.empty()) {
      return {};
    }
    Buffer buffer = std::move(free_.back());
    free_.pop_back();
    total_ -= buffer.capacity();
    return buffer;
  }
  void give(Buffer&& buffer) {
    Buffer owned = std::move(buffer);
    const std::size_t bytes = owned.capacity();
    if (bytes != 0 && bytes <= bytes_max_ && total_ + bytes <= total_max_) {
      owned.clear();
      total_ += bytes;
      free_.push_back(std::move(owned));
    }
  }

 private:
  std::size_t bytes_max_;
  std::size_t total_max_;
  std::size_t total_ = 0;
  std::vector<Buffer> free_;
};

/// The pools of a core's connections: for what is being sent, and for answers in answer queues.
struct BufferPools {
  BufferPool sending{std::size_t{4} << 20, std::size_t{16} << 20};
  BufferPool answers{std::size_t{4} << 10, std::size_t{4} << 20};
};

}  // namespace seshdb::net
