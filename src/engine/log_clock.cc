// The clock's offset is compared with its last value, not with the offset on the disk: a clock that
// was behind the data's time at the start has no effect until it is set.
#include "engine/log_clock.h"

#include "base/check.h"

namespace seshdb::engine {

namespace {
// A start after a kill goes on from the last record of the time, so it may be that much behind.
constexpr std::uint64_t kTimeEveryMs = 60'000;
}  // namespace

void LogClock::begin(const std::optional<WallOffset>& wall) {
  const std::int64_t offset_ms = clock_.unix_offset_ms();
  clock_ms_ = wall ? wall->clock_ms : offset_ms;
  on_disk_ms_ = wall ? wall->on_disk_ms : offset_ms;
}

// The changes so far have the old offset, so the record follows them.
void LogClock::add_step(store::Batch& changes) {
  SESHDB_CHECK(changes.empty() || changes.unix_offset_ms() == on_disk_ms_);
  const std::int64_t offset_ms = clock_.unix_offset_ms();
  if (offset_ms == clock_ms_) return;
  clock_ms_ = offset_ms;
  on_disk_ms_ = offset_ms;
  changes.clock(offset_ms, clock_.now_ms());
}

void LogClock::add_time(store::Batch& changes) {
  const std::uint64_t now_ms = clock_.now_ms();
  time_due_ms_ = now_ms + kTimeEveryMs;
  changes.clock(changes.unix_offset_ms(), now_ms);
}

}  // namespace seshdb::engine
