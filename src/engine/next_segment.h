// The segment that the log goes on with when the current one is full. A worker's thread makes it
// ahead of time, as that waits for the disk.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "base/worker.h"
#include "engine/core_files.h"
#include "engine/segment.h"

namespace seshdb::engine {

class NextSegment {
 public:
  static constexpr std::uint64_t kRoomStepBytes = std::uint64_t{4} << 20;

  struct Room {
    std::uint64_t bytes_least = 0;              // every segment keeps that much
    std::uint64_t segment_bytes = 0;            // size of a full segment
    std::uint64_t step_bytes = kRoomStepBytes;  // reserved ahead beyond the least
  };

  /// `worker` must outlive this object. `on_replaced` is called from the worker's poll() or drain()
  /// if the directory is not at its path any more.
  NextSegment(const CoreFiles& files, Worker& worker, const Room& room,
              std::function<void()> on_replaced);

  /// Makes the log's first segment and waits for it, and begins to make the next. 0 or an errno.
  [[nodiscard]] int open(std::uint64_t sequence, Segment& first);
  /// Begins to make a segment, unless one is ready or being made, or the last try failed less than
  /// a second ago.
  void prepare(std::uint64_t now_ms);
  [[nodiscard]] bool is_ready() const { return ready_.has_value(); }
  /// The segment that is ready. REQUIRES: is_ready().
  [[nodiscard]] Segment take();
  /// Tells that the log fills its segments: later ones reserve the room of a full segment at once.
  void expect_full() { is_filled_ = true; }
  /// Removes the segment that is ready, if any. Call prepare() never again after it.
  void discard();

 private:
  void on_made(int error, Segment made);

  const CoreFiles files_;
  Worker& worker_;
  const Room room_;
  const std::function<void()> on_replaced_;
  std::optional<Segment> ready_;
  std::uint64_t sequence_ = 1;  // of the next one to make
  bool is_preparing_ = false;
  bool is_filled_ = false;
  bool has_failed_ = false;  // the last try
  std::uint64_t retry_ms_ = 0;
  std::uint64_t now_ms_ = 0;  // at the last prepare()
};

}  // namespace seshdb::engine
