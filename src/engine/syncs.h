// The syncs of one log: how much of it is on the disk, which ticket waits for that, and when the
// next sync is due. They run on a worker's thread, one after the other.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/worker.h"
#include "engine/engine.h"
#include "engine/file.h"

namespace seshdb::engine {

/// What a sync puts on the disk: full segments, and the one that is written to, up to a position.
struct SyncTarget {
  std::vector<std::shared_ptr<AppendFile>> files;
  std::uint64_t sequence = 0;
  std::uint64_t position = 0;
};

class Syncs {
 public:
  /// Called from the worker's poll() or drain() with how a sync ended: 0 or an errno.
  using Done = std::function<void(const SyncTarget& target, int error)>;

  /// `clock` and `worker` outlive it. `may_nap`: see may_begin().
  Syncs(const Clock& clock, Worker& worker, bool may_nap, Done done);
  Syncs(const Syncs&) = delete;
  Syncs& operator=(const Syncs&) = delete;
  ~Syncs() = default;

  /// So many bytes were appended, which the next sync puts on the disk. It is due half a second
  /// after the first of them.
  void add(std::uint64_t bytes, std::uint64_t now_ms);
  [[nodiscard]] std::uint64_t appended_bytes() const { return appended_; }
  [[nodiscard]] std::uint64_t unsynced_bytes() const { return appended_ - safe_; }
  [[nodiscard]] bool is_safe() const { return safe_ == appended_; }
  /// What was appended last only marks what is on the disk: no sync is needed for it.
  void forget_unsynced() { safe_ = appended_; }
  /// When the next sync is to begin at the latest; UINT64_MAX where nothing is to be synced, or one
  /// is under way.
  [[nodiscard]] std::uint64_t due_ms() const {
    return is_safe() || is_syncing_ ? UINT64_MAX : due_ms_;
  }
  /// The next one is due now.
  void hurry(std::uint64_t now_ms) { due_ms_ = now_ms; }

  /// Of all that is appended and not synced.
  [[nodiscard]] Ticket ticket() const { return ticket_; }
  /// May one begin? Not while one is under way. Where several clients shared the last one, and
  /// naps are allowed, the first call begins a short wait in which more clients come to share the
  /// next one too; it ends in the worker's poll().
  [[nodiscard]] bool may_begin();
  /// So many clients wait for it. REQUIRES: none is under way.
  void begin(SyncTarget target, std::size_t waiting, std::uint64_t now_ms);
  [[nodiscard]] bool is_under_way() const { return is_syncing_; }
  /// Every pending ticket is lost, whatever becomes of the sync under way.
  void lose();

  [[nodiscard]] bool has_news() const { return !news_.empty(); }
  /// Tells what the syncs that ended since the last call have come to. REQUIRES: the worker was
  /// polled.
  void tell(Events& events);

  // Since the start.
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::chrono::nanoseconds took() const { return took_; }
  [[nodiscard]] std::uint64_t last_ms() const { return last_ms_; }  // 0: none

 private:
  enum class Nap : std::uint8_t { kNotYet, kUnderWay, kOver };
  struct News {
    Ticket ticket;
    Outcome outcome;
  };
  struct Sync;

  void end(const Sync& sync);

  const Clock& clock_;
  Worker& worker_;
  const bool may_nap_;
  const Done done_;
  std::uint64_t appended_ = 0;  // bytes, since the start
  std::uint64_t safe_ = 0;      // so many of them are on the disk
  std::uint64_t due_ms_ = 0;
  Ticket ticket_ = 1;
  bool is_syncing_ = false;
  bool is_lost_ = false;
  std::vector<News> news_;  // for tell()

  std::chrono::nanoseconds last_took_{0};
  bool is_shared_ = false;  // several clients waited for the last one
  Nap nap_ = Nap::kNotYet;

  std::uint64_t count_ = 0;
  std::chrono::nanoseconds took_{0};
  std::uint64_t last_ms_ = 0;
};

}  // namespace seshdb::engine
