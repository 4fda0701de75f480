// All sessions of a store as they stand at one moment, written to a batch in slices while commands
// go on: a session that is about to change is written first. Together with what the store tells its
// batch from then on, that is the store. Reads sessions and marks those it has written; changes
// nothing else. One thread, the store's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "store/batch.h"
#include "store/session.h"
#include "store/store.h"

namespace seshdb::store {

class Snapshot {
 public:
  /// Begins. `more` is called after each key or so, and may empty `to`. `store` and `to` outlive
  /// it. REQUIRES: no snapshot of the store is under way, and the last one was written whole or
  /// ended with all sessions.
  Snapshot(Store& store, Batch& to, std::function<void()> more);
  /// Gives up what is left.
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  /// False once all is written, and where all sessions were ended: nothing is left to write then.
  [[nodiscard]] bool is_under_way() const { return is_under_way_; }
  /// Writes some more, about `bytes` bytes; true when none is left. REQUIRES: under way.
  bool write_some(std::size_t bytes);

 private:
  friend class Store;

  // The store's calls. `session` is about to change, and not written yet: writes all of it.
  void before_change(Session& session);
  // All sessions are about to be ended.
  void on_end_all() { is_under_way_ = false; }

  void write_session_some(Session& session, std::uint64_t enough);
  void write_head(const Session& session);
  void write_keys_some(const Session& session, std::uint64_t& hash);
  void finish(bool is_whole);

  Store& store_;
  Batch& to_;
  const std::function<void()> more_;
  bool is_under_way_ = true;
  std::uint64_t hash_ = 0;      // where the walk over the sessions stands
  std::uint64_t begun_ = 0;     // the token of a session that is partly written, or 0
  std::uint64_t key_hash_ = 0;  // and where the walk over its keys stands
  std::uint64_t bytes_ = 0;     // written so far
};

}  // namespace seshdb::store
