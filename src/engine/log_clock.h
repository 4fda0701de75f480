// The wall clock in a log. Deadlines are in Unix time in the files, and on a monotonic clock in
// memory. When the wall clock is set, a record moves all earlier deadlines. Once a minute a record
// has the time.
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "store/batch.h"

namespace seshdb::engine {

/// What is added to the monotonic clock to give Unix milliseconds.
struct WallOffset {
  std::int64_t clock_ms = 0;    // the clock's
  std::int64_t on_disk_ms = 0;  // that of the deadlines in the files
};

class LogClock {
 public:
  /// `clock` must outlive this object.
  explicit LogClock(const Clock& clock) : clock_(clock) { begin({}); }

  /// Goes on with the offsets by which the files were read; nothing if they have no deadlines.
  void begin(const std::optional<WallOffset>& wall);
  /// The offset by which deadlines are written.
  [[nodiscard]] std::int64_t unix_offset_ms() const { return on_disk_ms_; }
  /// Adds a record to `changes` if the clock was set since the last call. REQUIRES: the deadlines
  /// in `changes` are written by unix_offset_ms().
  void add_step(store::Batch& changes);
  /// Adds a record of the time if one is due. REQUIRES: add_step(changes) was called.
  void add_time_if_due(store::Batch& changes, std::uint64_t now_ms) {
    if (now_ms >= time_due_ms_) add_time(changes);
  }
  void add_time(store::Batch& changes);
  [[nodiscard]] std::uint64_t now_ms() const { return clock_.now_ms(); }

 private:
  const Clock& clock_;
  std::int64_t clock_ms_ = 0;  // the clock's offset at the last look
  std::int64_t on_disk_ms_ = 0;
  std::uint64_t time_due_ms_ = 0;
};

}  // namespace seshdb::engine
