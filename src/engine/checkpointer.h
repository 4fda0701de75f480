// When a log has outgrown what it holds: has a checkpoint written, and then removes the files that
// it replaces. Waits for no disk on the core's thread but in finish().
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/worker.h"
#include "engine/checkpoint.h"
#include "engine/core_files.h"
#include "store/store.h"

namespace seshdb::engine {

class Checkpointer {
 public:
  /// How long the log since the last checkpoint may be.
  struct Threshold {
    std::uint64_t log_bytes = 0;
    double ratio = 1;  // to the last checkpoint's size; the larger of the two counts
  };

  /// All outlive it. `worker` does what may block.
  Checkpointer(const CoreFiles& files, store::Store& store, Worker& worker,
               const Threshold& threshold);

  /// Goes on from sizes that were read: of the log since the last checkpoint, and of that.
  void open(std::uint64_t log_bytes, std::uint64_t checkpoint_bytes);
  /// The log has grown.
  void add(std::uint64_t bytes) { log_bytes_ += bytes; }

  [[nodiscard]] bool is_due(std::uint64_t now_ms) const;
  /// Begins one that stands for everything before the segment `sequence`, with deadlines by
  /// `unix_offset_ms`. REQUIRES: none is under way; all that was changed is committed, and nothing
  /// is in that segment yet.
  void begin(std::uint64_t sequence, std::int64_t unix_offset_ms, std::uint64_t now_ms);
  /// Does a slice, or what follows the end; true where there is more to do at once.
  bool work(std::uint64_t now_ms);
  /// Waits for the one under way; nothing, or why it failed. Ends early where the directory says
  /// that it is stopped.
  [[nodiscard]] std::optional<std::string> finish();

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
  std::uint64_t sequence_ = 0;        // of the one under way
  std::uint64_t replaced_bytes_ = 0;  // of the log that it replaces
  std::uint64_t retry_ms_ = 0;        // after one that failed
  std::uint64_t log_bytes_ = 0;       // since the last one
  std::uint64_t checkpoint_bytes_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace seshdb::engine
