// Chunks that a loop produces and its worker writes. Bounded: the loop produces no more while the
// worker has a backlog.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

#include "base/buffer.h"
#include "base/worker.h"

namespace seshdb {

/// Used on the thread of the worker's owner only.
class ChunkQueue {
 public:
  /// What a loop produces in one turn: some tens of microseconds of work.
  static constexpr std::size_t kSliceBytes = std::size_t{64} << 10;
  /// The size from which a chunk is posted.
  static constexpr std::size_t kChunkBytes = std::size_t{256} << 10;
  /// The queue is full if more than this waits.
  static constexpr std::size_t kWaitingBytesMax = std::size_t{8} << 20;

  /// `worker` must outlive the queue. Waiting chunks may outlive the queue.
  explicit ChunkQueue(Worker& worker) : worker_(worker) {}

  /// Calls `write` with the chunk on the worker's thread, after all earlier chunks.
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
