// The changes of a core's commands on their way to its engine: gathered over a turn and committed
// at its end, or earlier where they get large. One thread.
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

  /// Replaces the engine, which is engine::Memory at first.
  void use(std::unique_ptr<engine::Engine> engine);
  [[nodiscard]] engine::Engine& engine() { return *engine_; }
  [[nodiscard]] const engine::Engine& engine() const { return *engine_; }

  /// After a command: commits where the records are larger than a message may be.
  void commit_if_due() {
    if (changes_.size() > bytes_most_) [[unlikely]] {
      commit();
    }
  }
  void commit();
  /// Commits the rest of the turn. Returns the worst outcome of its commits.
  [[nodiscard]] engine::Committed end_turn();
  /// True where changes wait for a commit, and the engine has room for them.
  [[nodiscard]] bool has_work() const {
    return !changes_.empty() && engine_->has_room(changes_.size());
  }

  /// The changes between these two calls are those of one session. They are gathered apart from the
  /// turn's, and committed by themselves.
  void begin_session();
  [[nodiscard]] engine::Committed commit_session(std::uint64_t token);

  /// Publishes this engine's storage to the other cores, and sets the turn's to the worst of all
  /// cores: a command may change something on each of them.
  void update_storage();
  /// Commits the last changes and writes them to the disk.
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
  store::Storage storage_ = store::Storage::kGood;  // as published
};

}  // namespace seshdb::core
