// How much a loop writes in one turn, and the chunks of it that wait for the loop's worker, which
// writes them. Bounded: the loop writes no more while the worker is behind.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

#include "base/buffer.h"
#include "base/worker.h"

namespace seshdb {

/// One thread, the owner's of the worker.
class ChunkQueue {
 public:
  /// Of sessions, written in one turn: some tens of microseconds.
  static constexpr std::size_t kSliceBytes = std::size_t{64} << 10;
  /// What is worth a job of the worker's.
  static constexpr std::size_t kChunkBytes = std::size_t{256} << 10;
  /// The disk is behind where more waits.
  static constexpr std::size_t kWaitingBytesMax = std::size_t{8} << 20;

  /// `worker` outlives it; chunks that wait may outlive the queue.
  explicit ChunkQueue(Worker& worker) : worker_(worker) {}

  /// Calls `write` with the chunk on the worker's thread, after all that was posted before.
  void post(Buffer chunk, std::function<void(const Buffer&)> write) {
    *waiting_bytes_ += chunk.size();
    worker_.post(
        [waiting = waiting_bytes_, write = std::move(write),
         bytes = std::make_shared<const Buffer>(std::move(chunk))] {
          write(*bytes);
          *waiting -= bytes->size();
        },
        [] {});
  }
  [[nodiscard]] bool is_full() const { return *waiting_bytes_ > kWaitingBytesMax; }

 private:
  Worker& worker_;
  std::shared_ptr<std::atomic<std::size_t>> waiting_bytes_ =
      std::make_shared<std::atomic<std::size_t>>(0);
};

}  // namespace seshdb
