// The syncs of one log: how much of it is on the disk, which ticket waits for a sync, and when the
// next one is due. A worker's thread runs them, one after the other.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "base/worker.h"
#include "engine/engine.h"
#include "engine/file.h"

namespace seshdb::engine {

/// What a sync puts on the disk: full segments, and the current one up to a position.
struct SyncTarget {
  std::vector<std::shared_ptr<AppendFile>> files;
  std::uint64_t sequence = 0;  // of the current segment
  std::uint64_t position = 0;
};

class Syncs {
 public:
  /// Called from the worker's poll() or drain() when a sync has ended; `error` is 0 or an errno.
  using Done = std::function<void(const SyncTarget& target, int error)>;

  /// `clock` and `worker` must outlive this object. `may_nap`: see may_begin().
  Syncs(const Clock& clock, Worker& worker, bool may_nap, Done done);
  Syncs(const Syncs&) = delete;
  Syncs& operator=(const Syncs&) = delete;
  ~Syncs() = default;

  /// Counts bytes that were appended, for the next sync. That is due half a second after the first
  /// of them.
  void add(std::uint64_t bytes, std::uint64_t now_ms);
  [[nodiscard]] std::uint64_t appended_bytes() const { return appended_; }
  [[nodiscard]] std::uint64_t unsynced_bytes() const { return appended_ - safe_; }
  [[nodiscard]] bool is_safe() const { return safe_ == appended_; }
  /// Tells that the last `bytes` that were appended need no sync: they only say what is on the
  /// disk. REQUIRES: everything before them is safe.
  void add_safe(std::uint64_t bytes) {
    SESHDB_CHECK(unsynced_bytes() == bytes);
    safe_ = appended_;
  }
  /// The latest time at which the next sync begins; UINT64_MAX if there is nothing to sync, or one
  /// is under way.
  [[nodiscard]] std::uint64_t due_ms() const {
    return is_safe() || is_syncing_ ? UINT64_MAX : due_ms_;
  }
  /// Makes the next sync due now.
  void hurry(std::uint64_t now_ms) { due_ms_ = now_ms; }

  /// The ticket of everything that was appended and is in no sync yet.
  [[nodiscard]] Ticket ticket() const { return ticket_; }
  /// True if a sync may begin. False while one is under way. If several clients shared the last
  /// sync and naps are allowed, the first call begins a short wait, in which more clients can come
  /// to share the next one; it ends in the worker's poll().
  [[nodiscard]] bool may_begin();
  /// Begins a sync of everything that was appended, for `waiting` clients. REQUIRES: none is under
  /// way.
  void begin(SyncTarget target, std::size_t waiting, std::uint64_t now_ms);
  [[nodiscard]] bool is_under_way() const { return is_syncing_; }
  /// Makes every pending ticket lost, whatever the result of the sync under way is.
  void lose();

  [[nodiscard]] bool has_news() const { return !news_.empty(); }
  /// Reports the outcomes of the syncs that ended since the last call. REQUIRES: the worker was
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
  std::uint64_t safe_ = 0;      // that many of them are on the disk
  std::uint64_t due_ms_ = 0;
  Ticket ticket_ = 1;
  Ticket told_ = 0;  // the last ticket whose outcome was reported
  bool is_syncing_ = false;
  bool is_lost_ = false;
  std::vector<News> news_;  // for tell()

  std::chrono::nanoseconds last_took_{0};
  bool is_shared_ = false;  // several clients waited for the last sync
  Nap nap_ = Nap::kNotYet;

  std::uint64_t count_ = 0;
  std::chrono::nanoseconds took_{0};
  std::uint64_t last_ms_ = 0;
};

}  // namespace seshdb::engine
