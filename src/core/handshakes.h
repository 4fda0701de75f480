// The handshakes of a core's transports. A step of one may cost a signature, so few are done in a
// turn: the connections wait in line, and a storm of clients delays nobody else. One thread.
#pragma once

#include <cstdint>
#include <deque>

#include "base/clock.h"
#include "core/connections.h"
#include "core/outbox.h"

namespace seshdb::core {

class Handshakes {
 public:
  Handshakes(const Clock& clock, Connections& connections, Outbox& outbox)
      : clock_(clock), connections_(connections), outbox_(outbox) {}

  /// The connection's transport is ready for the next step of its handshake. REQUIRES: it is
  /// in_handshake().
  void add(net::Connection& connection);
  /// Does the steps that one turn allows, in the order in which they were added.
  void work(std::uint64_t now_ms);
  /// Steps are left for the next turn.
  [[nodiscard]] bool has_work() const { return !line_.empty(); }

 private:
  const Clock& clock_;
  Connections& connections_;
  Outbox& outbox_;
  std::deque<Connections::Id> line_;  // some may be gone
};

}  // namespace seshdb::core
