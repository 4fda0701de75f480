// The bytes of a connection that wait to be sent. They are kept in pieces, so that a large backlog
// is not copied while it grows, and each piece is freed once it is sent. Not thread-safe.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "base/buffer.h"
#include "net/buffer_pool.h"

namespace seshdb::net {

class SendQueue {
 public:
  /// The queue borrows its memory from `pool` while it is not empty.
  explicit SendQueue(BufferPool& pool) : pool_(&pool) {}

  /// The buffer to append to. What is appended to it, for example an answer, stays in one piece.
  /// The reference is valid until the next call.
  [[nodiscard]] Buffer& begin() {
    if (last_.size() >= kPieceBytes) [[unlikely]] {
      begin_piece();
    } else if (last_.capacity() == 0) {
      last_ = pool_->take();
    }
    return last_;
  }
  /// The buffer that begin() returned last.
  [[nodiscard]] Buffer& last() { return last_; }

  [[nodiscard]] std::size_t size() const { return pieces_bytes_ + last_.size(); }
  [[nodiscard]] bool empty() const { return size() == 0; }
  /// The first piece, which is to be sent next.
  [[nodiscard]] std::string_view front() const {
    return pieces_.empty() ? last_.view() : pieces_.front().view();
  }
  /// Drops `bytes` from the front. REQUIRES: bytes <= front().size().
  void consume(std::size_t bytes);
  /// Returns the memory to the pool, if the queue is empty.
  void give_back() {
    if (empty() && last_.capacity() != 0) pool_->give(std::exchange(last_, Buffer()));
  }

 private:
  static constexpr std::size_t kPieceBytes = std::size_t{64} << 10;

  void begin_piece();

  BufferPool* pool_;
  std::vector<Buffer> pieces_;  // sent before last_; none of them is empty
  std::size_t pieces_bytes_ = 0;
  Buffer last_;
};

}  // namespace seshdb::net
