// The interface between running commands and keeping their changes. A core asks its engine to fetch
// the sessions that a request names, runs the request, and hands the changes to the engine to
// commit. An answer leaves only after the commit of what it tells is kept, so that no client learns
// of a change that may be lost.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/figures.h"
#include "engine/figures.h"
#include "store/batch.h"
#include "store/storage.h"

namespace seshdb::engine {

using store::Storage;

/// Names a commit that has no outcome yet. Never smaller than an earlier ticket.
using Ticket = std::uint64_t;

enum class Outcome : std::uint8_t {
  kPending,   // Events::on_outcome gives it later
  kKept,      // as safe as was promised
  kConflict,  // not kept: the session was changed elsewhere; the next fetch gives a newer one
  kLost,      // it is unknown whether the commit is kept
  kRefused,   // not kept
};

struct Committed {
  Outcome outcome = Outcome::kKept;
  Ticket ticket = 0;  // if the outcome is kPending
};

enum class Fetched : std::uint8_t {
  kReady,    // the store has the session, if there is one
  kPending,  // Events::on_fetched follows
  kRefused,  // the engine cannot get the session now
};

/// What an engine reports to its core, from inside poll().
class Events {
 public:
  Events() = default;
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;
  virtual ~Events() = default;

  /// The fetch of this token has ended: kReady or kRefused.
  virtual void on_fetched(std::uint64_t token, Fetched fetched) = 0;
  /// The outcome of a commit, never kPending. Called once for each ticket; several commits may
  /// share one.
  virtual void on_outcome(Ticket ticket, Outcome outcome) = 0;
};

/// The part of a core's event loop that an engine may use.
class Loop {
 public:
  Loop() = default;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  virtual ~Loop() = default;

  /// Calls on_ready() in each turn in which `fd` can be read or written, as asked for. Returns 0,
  /// or the errno with which the kernel refuses. REQUIRES: `fd` is not watched.
  [[nodiscard]] virtual int watch(int fd, bool read, bool write) = 0;
  /// REQUIRES, for both: `fd` is watched.
  virtual void change(int fd, bool read, bool write) = 0;
  virtual void unwatch(int fd) = 0;
};

/// An engine's work and state besides fetches and commits.
class Housekeeping {
 public:
  Housekeeping() = default;
  Housekeeping(const Housekeeping&) = delete;
  Housekeeping& operator=(const Housekeeping&) = delete;
  virtual ~Housekeeping() = default;

  /// Does a slice of the engine's own work (checkpoints) after a turn's answers have left. Returns
  /// true if there is more to do at once.
  [[nodiscard]] virtual bool work(std::uint64_t /*now_ms*/) { return false; }
  /// Gives the engine the loop, which outlives it. Called before the first turn.
  virtual void attach(Loop& /*loop*/) {}
  /// A watched descriptor is ready; both flags are set after an error, or if the other end has
  /// closed. Called before poll(). The call may be spurious if a descriptor was closed and its
  /// number used again.
  virtual void on_ready(int /*fd*/, bool /*can_read*/, bool /*can_write*/) {}
  /// The latest time of the engine's next turn, on the clock's scale; UINT64_MAX: none is needed.
  [[nodiscard]] virtual std::uint64_t next_deadline_ms() const { return UINT64_MAX; }
  [[nodiscard]] virtual Storage storage() const { return Storage::kGood; }
  /// Figures for operators. SV_INFO promises those of a disk for every engine.
  [[nodiscard]] virtual Figures figures() const { return Figures(kDiskFigures); }
  /// Commits the last changes, and returns when everything is on the disk. Nothing is committed
  /// after it.
  virtual void close(store::Batch& /*changes*/) {}
};

/// One per core; used on that core's thread only.
class Engine : public Housekeeping {
 public:
  /// False if the engine does not use records of changes. Then no store writes them.
  [[nodiscard]] virtual bool reads_changes() const { return true; }
  /// The offset that a record adds to a deadline on the clock's scale. commit() changes it when the
  /// wall clock was set.
  [[nodiscard]] virtual std::int64_t unix_offset_ms() const { return 0; }
  /// True if the sessions are kept elsewhere. Then a request may have to wait for its session, and
  /// its changes are committed together with those of its session only. Otherwise fetch() is always
  /// kReady, and all changes of a turn are committed together.
  [[nodiscard]] virtual bool is_remote() const { return false; }

  /// Puts the session of `token` into the store, if there is one; kEveryToken: all sessions.
  /// REQUIRES: no fetch of this token is pending.
  [[nodiscard]] virtual Fetched fetch(std::uint64_t /*token*/) { return Fetched::kReady; }
  static constexpr std::uint64_t kEveryToken = 0;

  /// Takes `changes` and leaves the batch empty. If the disk is full it may leave the changes in
  /// the batch for the next call: they were promised to no client. Called at least once in each
  /// turn, before the turn's answers leave, even if nothing was changed.
  [[nodiscard]] virtual Committed commit(store::Batch& changes, std::uint64_t now_ms) = 0;
  /// Commits the changes of the requests of one session, which was fetched before them. kConflict
  /// if the session was changed elsewhere since. When the outcome is reported, the store has the
  /// session as it was fetched, or a newer state.
  [[nodiscard]] virtual Committed commit_session(std::uint64_t /*token*/, store::Batch& changes,
                                                 std::uint64_t now_ms) {
    return commit(changes, now_ms);
  }
  /// True if commit() would take that many bytes of records now.
  [[nodiscard]] virtual bool has_room(std::size_t /*bytes*/) const { return true; }
  /// Tells how many clients wait for the outcome of the last commit. Called at the end of each turn
  /// in which there are any.
  virtual void expect(std::size_t /*clients*/) {}

  /// True if poll() has something to report.
  [[nodiscard]] virtual bool has_news() const { return false; }
  /// Reports what has ended since the last call.
  virtual void poll(Events& /*events*/) {}
};

}  // namespace seshdb::engine
