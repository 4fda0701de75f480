// Commits and their outcomes.
#include "core/committer.h"

#include <utility>

#include "base/check.h"
#include "engine/memory.h"

namespace seshdb::core {

using engine::Outcome;

Committer::Committer(Shared& shared, store::Store& store, commands::TurnContext& turn)
    : shared_(shared),
      store_(store),
      now_(turn),
      bytes_most_(shared.connections.message_bytes_max),
      engine_(std::make_unique<engine::Memory>()) {}

Committer::~Committer() { store_.tell(nullptr); }

void Committer::use(std::unique_ptr<engine::Engine> engine) {
  engine_ = std::move(engine);
  gather_in(changes_);
}

void Committer::gather_in(store::Batch& batch) {
  if (batch.empty()) batch.set_unix_offset_ms(engine_->unix_offset_ms());
  store_.tell(engine_->reads_changes() ? &batch : nullptr);
}

void Committer::commit() {
  const engine::Committed now = engine_->commit(changes_, now_.now_ms);
  const bool may_be_kept = turn_.outcome == Outcome::kKept || turn_.outcome == Outcome::kPending;
  if (may_be_kept && now.outcome != Outcome::kKept) turn_ = now;
  update_storage();
}

engine::Committed Committer::end_turn() {
  commit();
  return std::exchange(turn_, {});
}

// Changes made earlier in the turn (expiry, say) are committed first: the session may be in them.
void Committer::begin_session() {
  SESHDB_CHECK(session_changes_.empty());
  if (!changes_.empty()) commit();
  gather_in(session_changes_);
}

engine::Committed Committer::commit_session(std::uint64_t token) {
  const engine::Committed committed = engine_->commit_session(token, session_changes_, now_.now_ms);
  gather_in(changes_);
  return committed;
}

void Committer::update_storage() {
  auto& cores = shared_.storages;
  if (const store::Storage now = engine_->storage(); now != storage_) {
    cores.at(static_cast<std::size_t>(now)).fetch_add(1);
    cores.at(static_cast<std::size_t>(storage_)).fetch_sub(1);
    storage_ = now;
  }
  std::size_t worst = cores.size() - 1;
  while (worst != 0 && cores.at(worst).load(std::memory_order_relaxed) == 0) --worst;
  now_.storage = static_cast<store::Storage>(worst);
}

}  // namespace seshdb::core
