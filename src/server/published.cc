// What cores publish and what they answer commands that ask of the server.
#include "server/published.h"

#include "server/core.h"
#include "server/memory.h"
#include "server/metrics.h"

namespace seshdb::server {

void Published::tell(const store::Counts& counts, const store::EngineFigures& engine) {
  sessions.set(counts.sessions);
  keys.set(counts.keys);
  storage.set(static_cast<std::uint64_t>(engine.storage));
  log_bytes.set(engine.log_bytes);
  checkpoint_bytes.set(engine.checkpoint_bytes);
  checkpoints.set(engine.checkpoints);
  unsynced_bytes.set(engine.unsynced_bytes);
  syncs.set(engine.syncs);
  sync_ns.set(engine.sync_ns);
  last_sync_ms.set(engine.last_sync_ms);
}

void Core::publish() { published_.tell(store_.counts(), engine_->figures()); }

void Core::write_metrics(Buffer& out) {
  publish();
  append_metrics(shared_, out);
}

commands::CoreFigures Core::core_figures() const {
  return {.connections = connections(), .engine = engine_->figures()};
}

commands::ServerFigures Core::server_figures() const {
  return {.engine = shared_.engine,
          .sync = shared_.sync,
          .started_ms = shared_.started_ms,
          .memory_bytes = resident_bytes(),
          .memory_full = shared_.memory_full.load(std::memory_order_relaxed),
          .memory_max = shared_.memory_max,
          .message_bytes_max = shared_.connections.message_bytes_max,
          .unsent_bytes_max = shared_.connections.unsent_bytes_max,
          .connections_max = shared_.connections_max,
          .depth_max = shared_.depth_max};
}

}  // namespace seshdb::server
