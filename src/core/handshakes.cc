// Handshakes in line.
#include "core/handshakes.h"

#include "base/limits.h"

namespace seshdb::core {

void Handshakes::add(net::Connection& connection) {
  if (connection.awaits_turn()) return;
  connection.await_turn();
  line_.push_back(connection.id());
}

// The first step of a turn is done whatever time it takes: a large RSA key takes several
// milliseconds.
void Handshakes::work(std::uint64_t now_ms) {
  if (line_.empty()) [[likely]] {
    return;
  }
  const std::uint64_t until_ns = clock_.now_ns() + limits::kHandshakeNsPerTurn;
  for (std::size_t steps = 0; !line_.empty() && steps < limits::kHandshakesPerTurn; ++steps) {
    const Connections::Id id = line_.front();
    line_.pop_front();
    Connections::Slot* const slot = connections_.find(id);
    if (slot == nullptr || slot->connection->over()) continue;
    slot->connection->handshake(now_ms);
    outbox_.mark(id);
    if (clock_.now_ns() >= until_ns) return;
  }
}

}  // namespace seshdb::core
