// Only the owner's thread changes the object. A job on the worker makes a separate segment, which
// the owner takes over when the job is done.
#include "engine/next_segment.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "base/check.h"
#include "base/logging.h"

namespace seshdb::engine {

namespace {
constexpr std::uint64_t kRetryMs = 1'000;
}  // namespace

NextSegment::NextSegment(const CoreFiles& files, Worker& worker, const Room& room,
                         std::function<void()> on_replaced)
    : files_(files), worker_(worker), room_(room), on_replaced_(std::move(on_replaced)) {}

int NextSegment::open(std::uint64_t sequence, Segment& first) {
  const std::uint64_t bytes = room_.bytes_least + room_.step_bytes;
  const int error = Segment::make(files_, sequence, {.bytes = bytes, .bytes_least = bytes}, first);
  if (error != 0) return error;
  sequence_ = sequence + 1;
  prepare(0);
  return 0;
}

// Reserving room during a sync blocks the core for some milliseconds. A log that fills its segments
// therefore reserves the room of a full segment here, on the worker's thread.
void NextSegment::prepare(std::uint64_t now_ms) {
  now_ms_ = now_ms;
  if (is_preparing_ || ready_ || now_ms < retry_ms_) return;
  is_preparing_ = true;
  const Segment::Room room{
      .bytes = room_.bytes_least + (is_filled_ ? room_.segment_bytes : room_.step_bytes),
      .bytes_least = room_.bytes_least + room_.step_bytes};
  auto made = std::make_shared<Segment>();
  auto error = std::make_shared<int>(0);
  worker_.post([files = files_, sequence = sequence_, room, made,
                error] { *error = Segment::make(files, sequence, room, *made); },
               [this, made, error] { on_made(*error, std::move(*made)); });
}

void NextSegment::on_made(int error, Segment made) {
  is_preparing_ = false;
  if (error == ESTALE) return on_replaced_();
  if (error != 0) {
    retry_ms_ = now_ms_ + kRetryMs;
    if (std::exchange(has_failed_, true)) return;
    logging::warn("cannot begin the next segment of the log; going on with this one",
                  {{"error", std::strerror(error)}});
    return;
  }
  has_failed_ = false;
  ++sequence_;
  ready_ = std::move(made);
}

Segment NextSegment::take() {
  SESHDB_CHECK(ready_);
  Segment taken = *std::move(ready_);
  ready_.reset();
  return taken;
}

void NextSegment::discard() {
  if (!ready_) return;
  (void)files_.directory().remove(files_.name(FileKind::kLog, ready_->sequence()));
  ready_.reset();
}

}  // namespace seshdb::engine
