// What a core sends to the others and gets from them: calls to the owners of their sessions and the
// answers, parts of commands that run on every core, sockets. All of a turn for one core go in one
// parcel. A core is its own neighbour, too: what goes to it comes in with its next turn.
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

  /// `mailboxes`: one per core, of which that of `core` is its own. They must outlive it.
  Exchange(const Mailboxes& mailboxes, std::uint32_t core)
      : mailboxes_(mailboxes), core_(core), outgoing_(mailboxes.size()) {}

  /// Where to add what leaves with send_calls.
  [[nodiscard]] Parcel& calls_to(std::uint32_t core);
  /// Where to add what leaves with send_answers, once the commit of this turn is kept.
  [[nodiscard]] Parcel& answers_to(std::uint32_t core);

  /// Takes in what has arrived. For each parcel: on_parcel(sender, Parcel&), and then what
  /// Parcel::visit calls.
  template <typename Visitor>
  void receive(Visitor& visitor);

  void send_calls();
  /// At the end of a turn: the answers may leave, wait for the ticket, or are lost.
  void leave(const engine::Committed& turn);
  /// The outcome of a ticket that answers may wait for.
  void settle(engine::Ticket ticket, engine::Outcome outcome);
  void send_answers();
  /// A ring was full: there is more to send.
  [[nodiscard]] bool has_unsent() const;

  /// See Mailbox; of this core's own.
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
  std::vector<std::unique_ptr<Parcel>> spent_;  // their memory serves the next
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
