// Sending, gating and corking answers at the end of a turn, and settling tickets.
#include "core/outbox.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/limits.h"

namespace seshdb::core {

using engine::Outcome;

void Outbox::mark(Id id) {
  Connections::Slot* const slot = connections_.find(id);
  SESHDB_CHECK(slot != nullptr);
  if (!std::exchange(slot->is_dirty, true)) dirty_.push_back(id);
}

void Outbox::complete(const ReturnAddress& to, std::string_view answer, Answered answered) {
  Connections::Slot* const slot = connections_.find(to.connection);
  if (slot == nullptr) return;
  slot->connection->complete(to.place, answer, answered);
  mark(to.connection);
}

void Outbox::lose(const ReturnAddress& to) {
  Connections::Slot* const slot = connections_.find(to.connection);
  if (slot == nullptr) return;
  slot->connection->abort();
  mark(to.connection);
}

void Outbox::leave(const engine::Committed& turn, std::uint64_t now_ms) {
  flushing_.swap(dirty_);
  for (const Id id : flushing_) {
    Connections::Slot* const slot = connections_.find(id);
    if (slot == nullptr) continue;  // it ended after it was marked
    slot->is_dirty = false;
    if (turn.outcome == Outcome::kKept) {
      if (!cork(*slot, now_ms)) flush(*slot, now_ms);
    } else if (turn.outcome == Outcome::kPending) {
      slot->is_corked = false;
      if (!gate(*slot, turn.ticket)) flush(*slot, now_ms);
    } else {
      connections_.remove(id);
    }
  }
  flushing_.clear();
}

void Outbox::flush(Connections::Slot& slot, std::uint64_t now_ms) {
  net::Connection& connection = *slot.connection;
  connection.flush(now_ms);
  if (connection.over()) {
    connections_.remove(connection.id());
    return;
  }
  if (connection.wants_flush()) mark(connection.id());  // in the next turn, after its commit
  connections_.watch(slot);
}

// False where no answer of the connection that could leave now waits for the ticket. An answer
// behind one of another core cannot leave yet, and its connection ends all the same where the
// ticket is lost.
bool Outbox::gate(Connections::Slot& slot, engine::Ticket ticket) {
  net::Connection& connection = *slot.connection;
  if (connection.over()) return false;
  const bool is_gated = connection.gate(ticket);
  if (!is_gated && !connection.has_deferred()) return false;
  if (is_gated) connections_.watch(slot);
  if (slot.waits_for == ticket) return is_gated;
  slot.waits_for = ticket;
  SESHDB_CHECK(waiting_.empty() || waiting_.back().ticket <= ticket);
  if (waiting_.empty() || waiting_.back().ticket != ticket) waiting_.push_back({ticket, {}});
  waiting_.back().connections.push_back(connection.id());
  return is_gated;
}

void Outbox::settle(engine::Ticket ticket, Outcome outcome, std::uint64_t now_ms) {
  const auto found = std::find_if(waiting_.begin(), waiting_.end(),
                                  [ticket](const Waiting& some) { return some.ticket == ticket; });
  if (found == waiting_.end()) return;
  const Waiting settled = std::move(*found);
  waiting_.erase(found);
  for (const Id id : settled.connections) {
    Connections::Slot* const slot = connections_.find(id);
    if (slot == nullptr) continue;
    if (outcome == Outcome::kKept) {
      slot->connection->open(ticket);
      slot->connection->flush_opened(now_ms);
    } else {
      slot->connection->abort();
    }
    mark(id);  // it may have more to send, or be over
  }
}

// Answers that are ready wait up to kCorkMs for those of other cores, so that one send carries all:
// a send costs more than an answer.
bool Outbox::cork(Connections::Slot& slot, std::uint64_t now_ms) {
  const bool is_late = slot.is_corked && now_ms >= slot.corked_ms + limits::kCorkMs;
  if (is_late || !slot.connection->may_wait()) {
    slot.is_corked = false;
    return false;
  }
  if (!slot.is_corked) {
    slot.is_corked = true;
    slot.corked_ms = now_ms;
    corked_.push_back(slot.connection->id());
  }
  return true;
}

void Outbox::uncork(std::uint64_t now_ms) {
  while (!corked_.empty()) {
    const Connections::Slot* const slot = connections_.find(corked_.front());
    if (slot != nullptr && slot->is_corked) {
      if (now_ms < slot->corked_ms + limits::kCorkMs) return;
      mark(corked_.front());
    }
    corked_.pop_front();
  }
}

}  // namespace seshdb::core
