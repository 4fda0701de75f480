// The seam between running commands and keeping what they changed. A core runs all commands of a
// loop turn, commits them together, and only then lets their answers leave: nobody learns of a
// change that could still be lost.
#pragma once

#include <cstddef>
#include <cstdint>

#include "store/storage.h"

namespace seshdb::engine {

using store::Storage;

/// One per core; used on that core's thread only.
class Engine {
 public:
  Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  virtual ~Engine() = default;

  /// Takes what was changed since the last call. Called at least once per loop turn, before any
  /// answer of the turn leaves.
  virtual void commit(std::uint64_t now_ms) = 0;
  /// Has so much been changed since the last commit that there should be one at once?
  [[nodiscard]] virtual bool is_due() const { return false; }

  /// Has anything been changed since the last commit that a commit would take now? Not where it
  /// waits for room on the disk.
  [[nodiscard]] virtual bool has_uncommitted() const { return false; }

  /// Is all that was committed as safe as was promised? Else answers wait for the syncs that are
  /// under way, or have to be begun.
  [[nodiscard]] virtual bool is_safe() const { return true; }
  /// Some of what was committed could not be kept, and no answer that tells of it may leave.
  [[nodiscard]] virtual bool is_lost() const { return false; }
  /// The answers that waited when it was lost are gone.
  virtual void lost_is_dealt_with() {}
  /// May a sync begin now? Not while one is under way, nor where it is worth a moment's wait for
  /// more to share it; poll() ends that. REQUIRES: not safe.
  [[nodiscard]] virtual bool may_sync() { return false; }
  /// Begins to make safe all that is committed now, for which so many clients wait.
  virtual void begin_sync(std::size_t /*waiting*/) {}
  /// Has something been done meanwhile that poll() would take notice of?
  [[nodiscard]] virtual bool has_news() const { return false; }
  /// Takes notice of what was done meanwhile; true where a sync has come to its good end.
  [[nodiscard]] virtual bool poll() { return false; }

  /// Does a little of its own work (checkpoints) after a turn's answers have left; true where there
  /// is more to do at once.
  [[nodiscard]] virtual bool work(std::uint64_t /*now_ms*/) { return false; }
  /// How long it can do without a turn, in milliseconds.
  [[nodiscard]] virtual std::uint64_t patience_ms(std::uint64_t /*now_ms*/) const {
    return UINT64_MAX;
  }
  [[nodiscard]] virtual Storage storage() const { return Storage::kGood; }
  /// What operators want to know.
  [[nodiscard]] virtual store::EngineFigures figures() const { return {}; }
  /// Puts everything on the disk, and waits for it. Nothing is committed after it.
  virtual void close() {}
};

}  // namespace seshdb::engine
