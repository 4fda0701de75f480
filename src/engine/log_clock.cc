// What the log knows of the wall clock: where it was set, and now and then what time it is.
#include "engine/log.h"

namespace seshdb::engine {

namespace {
// So much may have gone by since the last time that a start finds in the log of a killed server.
constexpr std::uint64_t kTellTimeEveryMs = 60'000;
}  // namespace

void Log::begin_clock(const std::optional<WallOffset>& wall) {
  const std::int64_t offset_ms = clock_.unix_offset_ms();
  clock_offset_ms_ = wall ? wall->clock_ms : offset_ms;
  offset_on_disk_ms_ = wall ? wall->on_disk_ms : offset_ms;
}

// What the changes hold already was told before the clock was set. Where the clock stood before
// what the data know at the start, the log goes on from there until the clock is set.
void Log::look_at_clock(store::Batch& changes) {
  const std::int64_t offset_ms = clock_.unix_offset_ms();
  if (offset_ms == clock_offset_ms_) return;
  clock_offset_ms_ = offset_ms;
  offset_on_disk_ms_ = offset_ms;
  changes.clock(offset_ms, clock_.now_ms());
}

void Log::tell_time(store::Batch& changes) {
  const std::uint64_t now_ms = clock_.now_ms();
  time_due_ms_ = now_ms + kTellTimeEveryMs;
  changes.clock(changes.unix_offset_ms(), now_ms);
}

}  // namespace seshdb::engine
