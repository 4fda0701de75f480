// What a core sends to the cores and receives from them: calls for the owners of their sessions,
// the answers, parts of commands that run on every core, sockets. One parcel holds the calls of a
// turn for one core. A core can send to itself; it receives that in its next turn.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "core/mailbox.h"
#include "core/parcel.h"
#include "engine/engine.h"

namespace seshdb::core {

class Exchange {
 public:
  using Mailboxes = std::vector<std::unique_ptr<Mailbox>>;

  /// `mailboxes`: one per core; `core` is the index of its own. They must outlive it.
  Exchange(const Mailboxes& mailboxes, std::uint32_t core)
      : mailboxes_(mailboxes), core_(core), outgoing_(mailboxes.size()) {}

  /// The parcel for `core` that send_calls sends.
  [[nodiscard]] Parcel& calls_to(std::uint32_t core);
  /// The parcel for `core` that send_answers sends, once the commit of this turn is kept.
  [[nodiscard]] Parcel& answers_to(std::uint32_t core);

  /// Receives all parcels. Calls on_parcel(sender, Parcel&) for each, and then what Parcel::visit
  /// calls.
  template <typename Visitor>
  void receive(Visitor& visitor);

  void send_calls();
  /// At the end of a turn: releases its answers, holds them back for the ticket, or drops them.
  void leave(const engine::Committed& turn);
  /// The outcome of a ticket that answers may wait for.
  void settle(engine::Ticket ticket, engine::Outcome outcome);
  void send_answers();
  /// True where a ring was full, so that parcels are left to send.
  [[nodiscard]] bool has_unsent() const;

  /// This core's own.
  [[nodiscard]] Mailbox& mailbox() { return *mailboxes_[core_]; }

 private:
  struct Gated {
    engine::Ticket ticket;
    std::unique_ptr<Parcel> parcel;
  };
  struct Outgoing {
    std::unique_ptr<Parcel> calls;                 // of this turn, or waiting for room in the ring
    std::vector<std::unique_ptr<Parcel>> answers;  // of this turn
    std::deque<Gated> gated;                       // wait for their tickets
    std::deque<std::unique_ptr<Parcel>> ready;     // may leave
  };

  [[nodiscard]] std::unique_ptr<Parcel> empty_parcel();
  void keep(std::unique_ptr<Parcel> parcel);

  const Mailboxes& mailboxes_;
  const std::uint32_t core_;
  std::vector<Outgoing> outgoing_;              // by core
  std::vector<std::unique_ptr<Parcel>> spent_;  // kept for their memory
};

template <typename Visitor>
void Exchange::receive(Visitor& visitor) {
  for (std::uint32_t sender = 0; sender < mailboxes_.size(); ++sender) {
    while (std::unique_ptr<Parcel> parcel = mailbox().pop(sender)) {
      visitor.on_parcel(sender, *parcel);
      parcel->visit(visitor);
      keep(std::move(parcel));
    }
  }
}

}  // namespace seshdb::core
