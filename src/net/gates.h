// What holds answers of a connection back in its send queue until the commits are kept that they
// tell of. It counts bytes from the front of the queue, and never sees the bytes. Not thread-safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <vector>

#include "base/check.h"

namespace seshdb::net {

class Gates {
 public:
  [[nodiscard]] bool empty() const { return gates_.empty(); }
  /// So many bytes, from the front of the queue, may leave.
  [[nodiscard]] std::size_t free_bytes() const { return free_bytes_; }
  /// All of the queue's `bytes` may leave. REQUIRES: empty().
  void free_all(std::size_t bytes) { free_bytes_ = bytes; }
  /// `bytes` have left. REQUIRES: bytes <= free_bytes().
  void consume(std::size_t bytes) {
    free_bytes_ -= bytes;
    for (Gate& gate : gates_) gate.end -= bytes;
  }

  /// Holds back what no gate has met yet of the queue's `bytes`, until open(ticket). False if that
  /// is nothing, and nothing else waits for this ticket as the last one. REQUIRES: tickets do not
  /// go down.
  [[nodiscard]] bool close(std::uint64_t ticket, std::size_t bytes) {
    SESHDB_CHECK(gates_.empty() || gates_.back().ticket <= ticket);
    const std::size_t held_from = gates_.empty() ? free_bytes_ : gates_.back().end;
    if (bytes == held_from) return !gates_.empty() && gates_.back().ticket == ticket;
    if (!gates_.empty() && gates_.back().ticket == ticket && !gates_.back().is_open) {
      gates_.back().end = bytes;
    } else {
      gates_.push_back({.end = bytes, .ticket = ticket, .is_open = false});
    }
    return true;
  }
  /// The ticket is kept. What stands behind a gate that is closed still waits.
  void open(std::uint64_t ticket) {
    for (Gate& gate : gates_) gate.is_open = gate.is_open || gate.ticket == ticket;
    const auto closed = std::find_if_not(gates_.begin(), gates_.end(),
                                         [](const Gate& gate) { return gate.is_open; });
    if (closed != gates_.begin()) free_bytes_ = std::prev(closed)->end;
    gates_.erase(gates_.begin(), closed);
  }

 private:
  struct Gate {
    std::size_t end;  // of what it holds back
    std::uint64_t ticket;
    bool is_open;
  };

  std::size_t free_bytes_ = 0;
  std::vector<Gate> gates_;  // the rest, in its order
};

}  // namespace seshdb::net
