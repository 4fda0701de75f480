// What the commands of a core change, on its way to the core's engine: gathered over a turn, and
// committed at its end or, where it gets too much, before. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "commands/context.h"
#include "core/shared.h"
#include "engine/engine.h"
#include "store/batch.h"
#include "store/store.h"

namespace seshdb::core {

class Committer {
 public:
  /// `turn`: its storage is kept up to date. All must outlive it.
  Committer(Shared& shared, store::Store& store, commands::TurnContext& turn);
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  /// Another engine than memory alone.
  void use(std::unique_ptr<engine::Engine> engine);
  [[nodiscard]] engine::Engine& engine() { return *engine_; }
  [[nodiscard]] const engine::Engine& engine() const { return *engine_; }

  /// After a command: commits where much has been changed since the last time.
  void commit_if_due() {
    if (changes_.size() > bytes_most_) [[unlikely]] {
      commit();
    }
  }
  void commit();
  /// Commits the rest of the turn. How it stands with all of it: kept, pending or lost.
  [[nodiscard]] engine::Committed end_turn();
  /// There is something to commit, and room for it.
  [[nodiscard]] bool has_work() const {
    return !changes_.empty() && engine_->has_room(changes_.size());
  }

  /// Between the two, what the requests of a session change is gathered apart from the turn's, and
  /// then committed by itself.
  void begin_session();
  [[nodiscard]] engine::Committed commit_session(std::uint64_t token);

  /// Tells the other cores what this one's engine can keep, and learns of theirs. What one core
  /// cannot keep, no core takes: a command may change something on all of them.
  void look_at_storage();
  /// Commits what is left and puts it on the disk.
  void close() { engine_->close(changes_); }

 private:
  void gather_in(store::Batch& batch);

  Shared& shared_;
  store::Store& store_;
  commands::TurnContext& now_;
  const std::size_t bytes_most_;
  std::unique_ptr<engine::Engine> engine_;
  store::Batch changes_;
  store::Batch session_changes_;
  engine::Committed turn_;                          // the worst so far
  store::Storage storage_ = store::Storage::kGood;  // as the other cores know it
};

}  // namespace seshdb::core
