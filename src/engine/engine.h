// The seam between running commands and keeping what they changed. A core has its engine fetch the
// sessions that a request names, runs the request, and has what was changed committed. No answer
// leaves before the commit of what it tells is kept: nobody learns of a change that may be lost.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/figures.h"
#include "engine/figures.h"
#include "store/batch.h"
#include "store/storage.h"

namespace seshdb::engine {

using store::Storage;

/// Names a commit whose outcome is not known yet. Never smaller than one given before.
using Ticket = std::uint64_t;

enum class Outcome : std::uint8_t {
  kPending,   // not known yet: Events::on_outcome tells it
  kKept,      // as safe as was promised
  kConflict,  // not kept, as the session was changed elsewhere: what is fetched next is newer
  kLost,      // nobody can say whether it is kept
  kRefused,   // not kept
};

struct Committed {
  Outcome outcome = Outcome::kKept;
  Ticket ticket = 0;  // where the outcome is kPending
};

enum class Fetched : std::uint8_t {
  kReady,    // the store has what there is
  kPending,  // Events::on_fetched tells when
  kRefused,  // it cannot be had now
};

/// What an engine tells its core, from inside poll().
class Events {
 public:
  Events() = default;
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;
  virtual ~Events() = default;

  /// The fetch of this token has ended: kReady or kRefused.
  virtual void on_fetched(std::uint64_t token, Fetched fetched) = 0;
  /// The outcome of a commit, never kPending; once for each ticket, or for those that share one.
  virtual void on_outcome(Ticket ticket, Outcome outcome) = 0;
};

/// What an engine may ask of its core's event loop.
class Loop {
 public:
  Loop() = default;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  virtual ~Loop() = default;

  /// Has on_ready() called in each turn in which `fd` can be read or written, as is asked. 0, or
  /// the errno with which the kernel refuses. REQUIRES: `fd` is not watched.
  [[nodiscard]] virtual int watch(int fd, bool read, bool write) = 0;
  /// REQUIRES, for both: `fd` is watched.
  virtual void change(int fd, bool read, bool write) = 0;
  virtual void unwatch(int fd) = 0;
};

/// What an engine does besides, and what is asked of it: the same for all engines.
class Housekeeping {
 public:
  Housekeeping() = default;
  Housekeeping(const Housekeeping&) = delete;
  Housekeeping& operator=(const Housekeeping&) = delete;
  virtual ~Housekeeping() = default;

  /// Does a little of its own work (checkpoints) after a turn's answers have left; true where there
  /// is more to do at once.
  [[nodiscard]] virtual bool work(std::uint64_t /*now_ms*/) { return false; }
  /// Before the first turn: the loop, which outlives the engine, to watch descriptors with.
  virtual void attach(Loop& /*loop*/) {}
  /// A watched descriptor is ready: both after an error or the other end's close. Called before
  /// poll(). It may come without cause where a descriptor was closed and its number used again.
  virtual void on_ready(int /*fd*/, bool /*can_read*/, bool /*can_write*/) {}
  /// When it needs a turn at the latest, on the clock's scale; UINT64_MAX: never.
  [[nodiscard]] virtual std::uint64_t next_deadline_ms() const { return UINT64_MAX; }
  [[nodiscard]] virtual Storage storage() const { return Storage::kGood; }
  /// What operators want to know. SV_INFO promises those of a disk of every engine.
  [[nodiscard]] virtual Figures figures() const { return Figures(kDiskFigures); }
  /// Commits the last changes, puts everything on the disk, and waits for it. Nothing is committed
  /// after it.
  virtual void close(store::Batch& /*changes*/) {}
};

/// One per core; used on that core's thread only.
class Engine : public Housekeeping {
 public:
  /// Are records of changes of any use to it? Else no store needs to write them.
  [[nodiscard]] virtual bool reads_changes() const { return true; }
  /// What is added to the clock's milliseconds where a record tells a deadline. commit() moves it
  /// on where the wall clock was set.
  [[nodiscard]] virtual std::int64_t unix_offset_ms() const { return 0; }
  /// Are the sessions kept elsewhere, so that a request may have to wait for its session, and is
  /// committed with those of its session alone? Else fetch() is always ready, and all that a turn
  /// has changed is committed together.
  [[nodiscard]] virtual bool is_remote() const { return false; }

  /// Has the store hold the session of `token`, if there is one; kEveryToken: all of them.
  /// REQUIRES: no fetch of this token is pending.
  [[nodiscard]] virtual Fetched fetch(std::uint64_t /*token*/) { return Fetched::kReady; }
  static constexpr std::uint64_t kEveryToken = 0;

  /// Takes `changes`, which are empty then. Where the disk is full it may leave them: what was
  /// promised to nobody waits there for the next call. Called at least once per loop turn, before
  /// any answer of the turn leaves, also where nothing was changed.
  [[nodiscard]] virtual Committed commit(store::Batch& changes, std::uint64_t now_ms) = 0;
  /// The same for what the requests of one session have changed, which was fetched before them:
  /// kConflict where it was changed elsewhere since. Once this is told, the store holds the session
  /// as it was fetched, or as it is then.
  [[nodiscard]] virtual Committed commit_session(std::uint64_t /*token*/, store::Batch& changes,
                                                 std::uint64_t now_ms) {
    return commit(changes, now_ms);
  }
  /// Would commit() take so many bytes of records now?
  [[nodiscard]] virtual bool has_room(std::size_t /*bytes*/) const { return true; }
  /// So many clients wait for the outcome of the last commit. Called at the end of a turn while any
  /// do.
  virtual void expect(std::size_t /*clients*/) {}

  /// Is there anything that poll() would tell?
  [[nodiscard]] virtual bool has_news() const { return false; }
  /// Takes notice of what was done meanwhile, and tells it.
  virtual void poll(Events& /*events*/) {}
};

}  // namespace seshdb::engine
