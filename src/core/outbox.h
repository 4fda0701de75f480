// Decides when answers leave a core for its clients: together at the end of a turn, once the commit
// of their changes is kept. One thread.
//
// A connection is *dirty* when it may have something to send or read, or may be over; *gated* while
// its answers wait for a ticket; *corked* while its answers wait a moment for others, to be sent
// together.
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

  /// Makes the connection dirty: the next leave() handles it. REQUIRES: it exists.
  void mark(Id id);
  /// The answer to a deferred request, which has run; `any` false: there is none. Dropped where the
  /// client has left.
  void complete(const ReturnAddress& to, std::string_view answer, Answered answered);
  /// It is not known whether the request's changes are kept: ends its connection without an answer.
  void lose(const ReturnAddress& to);

  /// At the end of a turn, for the dirty connections. Kept: sends their answers and does what else
  /// is due. Pending: their answers wait for the ticket. Else: ends them without an answer, as if
  /// the server had died.
  void leave(const engine::Committed& turn, std::uint64_t now_ms);
  /// The outcome of a commit: sends the answers that wait for it, or ends their connections.
  void settle(engine::Ticket ticket, engine::Outcome outcome, std::uint64_t now_ms);
  /// Marks the connections that were corked for kCorkMs.
  void uncork(std::uint64_t now_ms);

  /// How many connections wait for the newest ticket.
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
  std::deque<Id> corked_;        // in order; some are not corked any more
};

}  // namespace seshdb::core
