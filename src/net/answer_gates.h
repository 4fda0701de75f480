// Which of a connection's bytes may leave: answers that tell of a commit wait behind a gate until
// it is kept. One thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <vector>

#include "base/check.h"

namespace seshdb::net {

class AnswerGates {
 public:
  /// So many bytes may leave, from the front.
  [[nodiscard]] std::size_t free_bytes() const { return free_bytes_; }
  [[nodiscard]] bool empty() const { return gates_.empty(); }

  /// What was written behind the last gate, up to `unsent` bytes in all, waits for `open(ticket)`.
  /// False where nothing waits for this ticket. REQUIRES: it is not less than an earlier gate's.
  bool close(std::uint64_t ticket, std::size_t unsent) {
    SESHDB_CHECK(gates_.empty() || gates_.back().ticket <= ticket);
    const std::size_t held_from = gates_.empty() ? free_bytes_ : gates_.back().end;
    if (unsent == held_from) return !gates_.empty() && gates_.back().ticket == ticket;
    if (!gates_.empty() && gates_.back().ticket == ticket && !gates_.back().is_open) {
      gates_.back().end = unsent;
    } else {
      gates_.push_back({.end = unsent, .ticket = ticket, .is_open = false});
    }
    return true;
  }
  /// Opens the gate of that ticket, if there is one. What stands before the first gate that is
  /// still closed may leave.
  void open(std::uint64_t ticket) {
    for (Gate& gate : gates_) gate.is_open = gate.is_open || gate.ticket == ticket;
    const auto closed = std::find_if_not(gates_.begin(), gates_.end(),
                                         [](const Gate& gate) { return gate.is_open; });
    if (closed != gates_.begin()) free_bytes_ = std::prev(closed)->end;
    gates_.erase(gates_.begin(), closed);
  }
  /// All of the `unsent` bytes may leave. REQUIRES: empty().
  void free(std::size_t unsent) { free_bytes_ = unsent; }
  /// So many bytes of those that may leave have left.
  void note_sent(std::size_t bytes) {
    free_bytes_ -= bytes;
    for (Gate& gate : gates_) gate.end -= bytes;
  }

 private:
  struct Gate {
    std::size_t end;  // of what it holds back
    std::uint64_t ticket;
    bool is_open;
  };

  std::size_t free_bytes_ = 0;
  std::vector<Gate> gates_;  // in the order of the bytes
};

}  // namespace seshdb::net
