// The segment that the log goes on with once the current one is full. It is made on a worker's
// thread ahead of time, as making it waits for the disk.
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
    std::uint64_t bytes_least = 0;              // to be left in every segment
    std::uint64_t segment_bytes = 0;            // a full segment
    std::uint64_t step_bytes = kRoomStepBytes;  // reserved ahead beyond the least
  };

  /// `worker` outlives it. `on_replaced` is called from the worker's poll() or drain() where the
  /// directory is not at its path any more.
  NextSegment(const CoreFiles& files, Worker& worker, const Room& room,
              std::function<void()> on_replaced);

  /// Makes the log's first segment, waits for that, and begins the next. 0 or an errno.
  [[nodiscard]] int open(std::uint64_t sequence, Segment& first);
  /// Begins to make one, unless one is ready, or being made, or failed less than a second ago.
  void prepare(std::uint64_t now_ms);
  [[nodiscard]] bool is_ready() const { return ready_.has_value(); }
  /// REQUIRES: is_ready(). prepare() begins another.
  [[nodiscard]] Segment take();
  /// The log fills its segments: later ones reserve all of their room at once.
  void expect_full() { is_filled_ = true; }
  /// Removes the one that is ready, if any. Nothing is prepared any more.
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
