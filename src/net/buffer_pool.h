// Buffers that connections borrow while they have something to send, so that ten thousand idle ones
// hold none. One thread.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "base/buffer.h"

namespace seshdb::net {

class BufferPool {
 public:
  /// Keeps at most `count_max` buffers of at most `bytes_max` each for the next borrower.
  BufferPool(std::size_t bytes_max, std::size_t count_max)
      : bytes_max_(bytes_max), count_max_(count_max) {}

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
    if (owned.capacity() != 0 && owned.capacity() <= bytes_max_ && free_.size() < count_max_) {
      owned.clear();
      free_.push_back(std::move(owned));
    }
  }

 private:
  std::size_t bytes_max_;
  std::size_t count_max_;
  std::vector<Buffer> free_;
};

/// What the connections of a core borrow from: what is being sent, and answers that stand in line.
struct BufferPools {
  BufferPool sending{std::size_t{256} << 10, 64};
  BufferPool answers{std::size_t{4} << 10, 1'024};
};

}  // namespace seshdb::net
