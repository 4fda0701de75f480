// The durable engine of one core: each commit is appended to a log, and checkpoints replace the
// older parts of it. Reads are served from memory. The core's thread only appends (to the kernel's
// page cache); what may block runs on two workers. Where a start reads the files: recovery.h.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/worker.h"
#include "engine/checkpointer.h"
#include "engine/core_files.h"
#include "engine/directory_watch.h"
#include "engine/engine.h"
#include "engine/file.h"
#include "engine/layout.h"
#include "engine/log_clock.h"
#include "engine/next_segment.h"
#include "engine/segment.h"
#include "engine/syncs.h"
#include "store/batch.h"
#include "store/store.h"

namespace seshdb::engine {

/// When what was committed is put on the disk (fdatasync).
enum class SyncLevel : std::uint8_t {
  kAlways,    // before any answer that tells of it
  kInterval,  // at least every second
  kOff,       // when the kernel does it
};

struct LogSettings {
  SyncLevel sync = SyncLevel::kInterval;
  std::uint64_t segment_bytes = std::uint64_t{64} << 20;
  /// A checkpoint is due when the log since the last one is longer than this, and than the last one
  /// times the ratio.
  std::uint64_t checkpoint_bytes = std::uint64_t{256} << 20;
  double checkpoint_ratio = 1;
  /// No request is longer.
  std::uint64_t message_bytes_max = std::uint64_t{1} << 20;
  /// Room on the disk that a segment reserves ahead beyond the least.
  std::uint64_t room_step_bytes = NextSegment::kRoomStepBytes;
  Worker::Where blocking_work = Worker::Where::kThread;
};

/// Where a log goes on.
struct LogPosition {
  std::uint64_t next_sequence = 1;
  std::uint64_t log_bytes = 0;         // of the segments since the last checkpoint
  std::uint64_t checkpoint_bytes = 0;  // of the last checkpoint; 0 where there is none
  /// By what the deadlines were read; nothing: there are none in the files.
  std::optional<WallOffset> wall{};
};

class Log final : public Engine {
 public:
  /// `wake` makes the core's loop turn; any thread. All must outlive it. Checkpoints are of
  /// `store`.
  Log(Directory& directory, store::Store& store, const Clock& clock, const Manifest& manifest,
      std::uint32_t core, const LogSettings& settings, const std::function<void()>& wake);
  ~Log() override = default;

  /// Begins a new segment; nothing, or the fault that prevents it.
  [[nodiscard]] std::optional<std::string> open(const LogPosition& position);
  /// Writes a checkpoint of the store as it stands and waits for it; nothing, or a fault, as where
  /// the directory says that it is stopped. REQUIRES: open, and nothing was changed since the last
  /// commit.
  [[nodiscard]] std::optional<std::string> checkpoint_now();

  [[nodiscard]] std::int64_t unix_offset_ms() const override { return clock_.unix_offset_ms(); }
  /// With SyncLevel::kAlways it is pending until it is on the disk; commits share the ticket of the
  /// sync that puts them there.
  [[nodiscard]] Committed commit(store::Batch& changes, std::uint64_t now_ms) override;
  [[nodiscard]] bool has_room(std::size_t bytes) const override;
  /// Begins the sync that they wait for, unless one is under way or more clients are waited for.
  void expect(std::size_t clients) override;
  [[nodiscard]] bool has_news() const override;
  void poll(Events& events) override;

  [[nodiscard]] bool work(std::uint64_t now_ms) override;
  [[nodiscard]] std::uint64_t next_deadline_ms() const override;
  [[nodiscard]] Storage storage() const override { return storage_; }
  [[nodiscard]] Figures figures() const override;
  void close(store::Batch& changes) override;

 private:
  // Appends the changes as a frame; false where that failed.
  [[nodiscard]] bool append(store::Batch& changes);
  // Appends what stands in out_.
  [[nodiscard]] bool append();
  // The outcome of a commit of all that was appended.
  [[nodiscard]] Committed outcome() const;
  // Goes over to the next segment; false where that is not ready.
  bool rotate();
  void mark();
  [[nodiscard]] bool begin_checkpoint();

  // Reserves more room in the segment where little is left.
  void keep_room();
  [[nodiscard]] bool fits(std::size_t bytes) const;

  void begin_sync(std::size_t waiting);
  void on_synced(const SyncTarget& target, int error);

  void set_storage(Storage storage, int error);
  void fail(std::string_view what, int error);
  void fail_replaced();
  void report_failure(std::string_view what, int error) const;
  void refuse_changes();

  const CoreFiles files_;
  const LogSettings settings_;
  const std::uint64_t room_least_;  // to be left in a segment for the next commits

  Worker syncer_;  // of its own, so that no sync waits for a checkpoint
  Worker writer_;  // all else that may block
  LogClock clock_;
  Syncs syncs_;
  NextSegment next_;
  Checkpointer checkpointer_;
  DirectoryWatch watch_;

  Buffer out_;
  Segment segment_;
  std::vector<std::shared_ptr<AppendFile>> closed_;  // full segments, not synced yet
  Storage storage_ = Storage::kGood;
  std::uint64_t now_ms_ = 0;  // of the last commit() or work()
  std::uint64_t room_due_ms_ = 0;
  std::uint64_t marked_ = 0;  // bytes appended when the last mark was written
};

}  // namespace seshdb::engine
