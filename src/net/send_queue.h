// The bytes of a connection that wait to be sent. They stand in pieces, so that much that is unsent
// is neither copied while it grows nor kept in memory once it is sent. One owner, one thread.
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
  /// `pool` lends the memory while there is something to send.
  explicit SendQueue(BufferPool& pool) : pool_(&pool) {}

  /// Where to append what is sent last. What is appended at once (an answer, say) stays in one
  /// piece. Holds until the next call.
  [[nodiscard]] Buffer& begin() {
    if (last_.size() >= kPieceBytes) [[unlikely]] {
      begin_piece();
    } else if (last_.capacity() == 0) {
      last_ = pool_->take();
    }
    return last_;
  }
  /// What begin() gave last.
  [[nodiscard]] Buffer& last() { return last_; }

  [[nodiscard]] std::size_t size() const { return pieces_bytes_ + last_.size(); }
  [[nodiscard]] bool empty() const { return size() == 0; }
  /// The bytes to send first: a whole piece.
  [[nodiscard]] std::string_view front() const {
    return pieces_.empty() ? last_.view() : pieces_.front().view();
  }
  /// Drops `bytes` from the front. REQUIRES: bytes <= front().size().
  void consume(std::size_t bytes);
  /// Gives memory back to the pool, where nothing is left to send.
  void give_back() {
    if (empty() && last_.capacity() != 0) pool_->give(std::exchange(last_, Buffer()));
  }

 private:
  static constexpr std::size_t kPieceBytes = std::size_t{64} << 10;

  void begin_piece();

  BufferPool* pool_;
  std::vector<Buffer> pieces_;  // before last_, none of them empty
  std::size_t pieces_bytes_ = 0;
  Buffer last_;
};

}  // namespace seshdb::net
