// Writes a checkpoint when the log is long enough, and then removes the files that it replaces.
// Never waits for the disk on the core's thread, except in finish().
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/worker.h"
#include "engine/checkpoint.h"
#include "engine/core_files.h"
#include "store/store.h"

namespace seshdb::engine {

class Checkpointer {
 public:
  /// How long the log since the last checkpoint may become.
  struct Threshold {
    std::uint64_t log_bytes = 0;
    double ratio = 1;  // to the last checkpoint's size; the larger of the two counts
  };

  /// All must outlive this object. `worker` does what may block.
  Checkpointer(const CoreFiles& files, store::Store& store, Worker& worker,
               const Threshold& threshold);

  /// Sets the sizes that a start has read: of the log since the last checkpoint, and of that
  /// checkpoint.
  void open(std::uint64_t log_bytes, std::uint64_t checkpoint_bytes);
  /// The log has grown.
  void add(std::uint64_t bytes) { log_bytes_ += bytes; }

  [[nodiscard]] bool is_due(std::uint64_t now_ms) const;
  /// Begins a checkpoint that replaces everything before the segment `sequence`, with deadlines by
  /// `unix_offset_ms`. REQUIRES: none is under way; `sequence` is larger than that of the last one;
  /// all changes are committed, and that segment has none yet.
  void begin(std::uint64_t sequence, std::int64_t unix_offset_ms, std::uint64_t now_ms);
  /// Does a slice, or completes the checkpoint. Returns true if there is more to do at once.
  bool work(std::uint64_t now_ms);
  /// Waits for the checkpoint under way. Gives up with an error when the directory's is_stopped()
  /// returns true.
  [[nodiscard]] Result<void> finish();

  [[nodiscard]] std::uint64_t log_bytes() const { return log_bytes_; }
  [[nodiscard]] std::uint64_t checkpoint_bytes() const { return checkpoint_bytes_; }
  [[nodiscard]] std::uint64_t count() const { return count_; }  // since the start

 private:
  void on_done();
  void on_failed(std::uint64_t now_ms);

  const CoreFiles files_;
  Worker& worker_;
  const Threshold threshold_;
  Checkpoint checkpoint_;
  std::uint64_t sequence_ = 0;        // of the checkpoint under way, or of the last one
  std::uint64_t replaced_bytes_ = 0;  // of the log that it replaces
  std::uint64_t retry_ms_ = 0;        // no new try before it, after a failed one
  std::uint64_t log_bytes_ = 0;       // since the last checkpoint
  std::uint64_t checkpoint_bytes_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace seshdb::engine
