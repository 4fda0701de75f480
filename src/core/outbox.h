// Which answers may leave a core for its clients, and when: together at the end of a turn, once the
// commit of what they tell is kept. One thread.
//
// A connection is *dirty* when it may have something to send, read or end; *gated* while answers of
// it wait for a ticket; *corked* while its answers wait a moment for others, to leave in one piece.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include "core/connections.h"
#include "core/parcel.h"
#include "engine/engine.h"

namespace seshdb::core {

class Outbox {
 public:
  using Id = Connections::Id;

  explicit Outbox(Connections& connections) : connections_(connections) {}
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;
  ~Outbox() = default;

  /// The connection is looked at in the next leave(). REQUIRES: it is there.
  void mark(Id id);
  /// The answer to a deferred request; `any` false: there is none. Where the client has left, the
  /// command has run all the same.
  void complete(const ReturnAddress& to, std::string_view answer, bool any);
  /// Nobody can say what became of the request: its connection ends without an answer.
  void lose(const ReturnAddress& to);

  /// At the end of a turn. Kept: what was answered since the last call leaves, and whatever else is
  /// due happens on dirty connections. Pending: it waits for the ticket. Else these connections
  /// end: nobody learns what became of their requests, as if the server had died.
  void leave(const engine::Committed& turn, std::uint64_t now_ms);
  /// The outcome of a ticket that answers may wait for.
  void settle(engine::Ticket ticket, engine::Outcome outcome, std::uint64_t now_ms);
  /// Marks those that have been corked for long enough.
  void uncork(std::uint64_t now_ms);

  /// So many connections wait for the newest ticket.
  [[nodiscard]] std::size_t waiting() const {
    return waiting_.empty() ? 0 : waiting_.back().connections.size();
  }
  [[nodiscard]] bool has_dirty() const { return !dirty_.empty(); }
  [[nodiscard]] bool has_corked() const { return !corked_.empty(); }

 private:
  struct Waiting {
    engine::Ticket ticket;
    std::vector<Id> connections;
  };

  void flush(Connections::Slot& slot, std::uint64_t now_ms);
  [[nodiscard]] bool gate(Connections::Slot& slot, engine::Ticket ticket);
  [[nodiscard]] bool cork(Connections::Slot& slot, std::uint64_t now_ms);

  Connections& connections_;
  std::vector<Id> dirty_;
  std::vector<Id> flushing_;
  std::deque<Waiting> waiting_;  // by ticket
  std::deque<Id> corked_;        // those whose slots say so, and some that were
};

}  // namespace seshdb::core
