// The rare case: the unsent bytes take more than one piece.
#include "net/send_queue.h"

#include "base/check.h"

namespace seshdb::net {

void SendQueue::begin_piece() {
  pieces_bytes_ += last_.size();
  pieces_.push_back(std::exchange(last_, Buffer()));
}

void SendQueue::consume(std::size_t bytes) {
  SESHDB_CHECK(bytes <= front().size());
  if (pieces_.empty()) {
    last_.consume(bytes);
    return;
  }
  pieces_.front().consume(bytes);
  pieces_bytes_ -= bytes;
  if (pieces_.front().empty()) {
    pieces_.erase(pieces_.begin());  // a few hundred at most
    if (pieces_.empty()) std::vector<Buffer>().swap(pieces_);
  }
}

}  // namespace seshdb::net
