// The wall clock as a log records it. Deadlines stand in the files in Unix time and count in memory
// on a clock that only goes forward. Where the wall clock is set, a record moves the deadlines that
// were written before; now and then a record says what time it is.
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "store/batch.h"

namespace seshdb::engine {

/// What is added to the monotonic clock to give Unix milliseconds.
struct WallOffset {
  std::int64_t clock_ms = 0;    // as the clock has it
  std::int64_t on_disk_ms = 0;  // as the deadlines in the files have it
};

class LogClock {
 public:
  /// `clock` outlives it.
  explicit LogClock(const Clock& clock) : clock_(clock) { begin({}); }

  /// Goes on with the offsets by which the files were read; nothing: they hold no deadlines.
  void begin(const std::optional<WallOffset>& wall);
  /// By which deadlines are written.
  [[nodiscard]] std::int64_t unix_offset_ms() const { return on_disk_ms_; }
  /// Adds a record to `changes` where the clock was set since the last call.
  void add_step(store::Batch& changes);
  /// Adds what time it is where a record is due. REQUIRES: add_step(changes) was called.
  void add_time_if_due(store::Batch& changes, std::uint64_t now_ms) {
    if (now_ms >= time_due_ms_) add_time(changes);
  }
  void add_time(store::Batch& changes);
  [[nodiscard]] std::uint64_t now_ms() const { return clock_.now_ms(); }

 private:
  const Clock& clock_;
  std::int64_t clock_ms_ = 0;  // the clock's offset as it was seen last
  std::int64_t on_disk_ms_ = 0;
  std::uint64_t time_due_ms_ = 0;
};

}  // namespace seshdb::engine
