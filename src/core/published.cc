// The figures of a turn.
#include "core/published.h"

namespace seshdb::core {

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

}  // namespace seshdb::core
