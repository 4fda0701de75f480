// The syncs of one log: what of it is on the disk, who waits for that, and when the next sync is to
// begin. Syncs run on a thread of their own, one after the other.
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
  /// Told in poll() or drain() how a sync ended: 0 or an errno.
  using Done = std::function<void(const SyncTarget& target, int error)>;

  /// `wake` is called when there is news, on any thread. `nice` and `where`: see Worker.
  Syncs(const Clock& clock, std::function<void()> wake, int nice, Worker::Where where, Done done);
  Syncs(const Syncs&) = delete;
  Syncs& operator=(const Syncs&) = delete;
  ~Syncs() = default;

  /// So many bytes were appended, which the next sync puts on the disk.
  void add(std::uint64_t bytes) { appended_ += bytes; }
  [[nodiscard]] std::uint64_t appended_bytes() const { return appended_; }
  [[nodiscard]] std::uint64_t unsynced_bytes() const { return appended_ - safe_; }
  [[nodiscard]] bool is_safe() const { return safe_ == appended_; }
  /// What was appended last says only that all before it is on the disk: nobody waits for it.
  void forget_unsynced() { safe_ = appended_; }

  /// Of all that is appended and not synced.
  [[nodiscard]] Ticket ticket() const { return ticket_; }
  /// May one begin? Not while one is under way, nor where it pays to wait a moment for more clients
  /// to share it: poll() ends that.
  [[nodiscard]] bool may_begin();
  /// So many clients wait for it. REQUIRES: none is under way.
  void begin(SyncTarget target, std::size_t waiting);
  [[nodiscard]] bool is_under_way() const { return is_syncing_; }
  [[nodiscard]] bool is_waiting() const { return nap_ == Nap::kUnderWay; }
  /// All that is waited for is lost, whatever the sync under way comes to.
  void lose();

  [[nodiscard]] bool has_news() const { return !news_.empty() || worker_.any_done(); }
  void poll(Events& events);
  /// Waits until the syncs that were begun are done.
  void drain() { worker_.drain(); }
  /// Runs something else on the thread, as Worker::post.
  void post(Worker::Act job, Worker::Act done) { worker_.post(std::move(job), std::move(done)); }

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
  const bool may_nap_;
  const Done done_;
  std::uint64_t appended_ = 0;  // bytes, since the start
  std::uint64_t safe_ = 0;      // so many of them are on the disk
  Ticket ticket_ = 1;
  bool is_syncing_ = false;
  bool is_lost_ = false;
  std::vector<News> news_;  // to be told by poll

  std::chrono::nanoseconds last_took_{0};
  bool is_shared_ = false;  // several clients waited for the last one
  Nap nap_ = Nap::kNotYet;

  std::uint64_t count_ = 0;
  std::chrono::nanoseconds took_{0};
  std::uint64_t last_ms_ = 0;

  Worker worker_;
};

}  // namespace seshdb::engine
