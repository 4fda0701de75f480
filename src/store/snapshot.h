// Writes all sessions of a store, as they were at one moment, to a batch. It works in slices
// between commands; a session that is about to change is written first. The snapshot and the
// records that the store adds to its own batch from that moment give the whole store. Reads
// sessions and marks the written ones; changes nothing else. One thread, the store's.
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
  /// Begins. Calls `more` after each key; it may empty `to`. `store` and `to` must outlive it.
  /// REQUIRES: no snapshot of the store is under way; the last one was written whole, or ended by
  /// end_all().
  Snapshot(Store& store, Batch& to, std::function<void()> more);
  /// Drops the rest.
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  /// False once all is written, or end_all() has ended all sessions.
  [[nodiscard]] bool is_under_way() const { return is_under_way_; }
  /// Writes about `bytes` bytes more; true when all is written. REQUIRES: is_under_way().
  bool write_some(std::size_t bytes);

 private:
  friend class Store;

  // Called by the store before a session that is not written yet changes: writes all of it.
  void before_change(Session& session);
  // Called by the store before it ends all sessions.
  void on_end_all() { is_under_way_ = false; }

  void write_session_some(Session& session, std::uint64_t enough);
  void write_head(const Session& session);
  void write_keys_some(const Session& session, std::uint64_t& hash);
  void finish(bool is_whole);

  Store& store_;
  Batch& to_;
  const std::function<void()> more_;
  bool is_under_way_ = true;
  std::uint64_t hash_ = 0;      // position of the walk over the sessions
  std::uint64_t begun_ = 0;     // the token of a session that is partly written, or 0
  std::uint64_t key_hash_ = 0;  // position of the walk over its keys
  std::uint64_t bytes_ = 0;     // written so far
};

}  // namespace seshdb::store
