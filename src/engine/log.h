// The durable engine of one core: it appends each commit to a log, and checkpoints replace the
// older parts of the log. Reads are served from memory. The core's thread only appends (to the
// kernel's page cache); two workers do what may block. recovery.h reads the files at a start.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
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

/// When a commit is synced to the disk (fdatasync).
enum class SyncLevel : std::uint8_t {
  kAlways,    // before any answer that depends on it
  kInterval,  // at least every second
  kOff,       // when the kernel does it
};

struct LogSettings {
  SyncLevel sync = SyncLevel::kInterval;
  std::uint64_t segment_bytes = std::uint64_t{64} << 20;
  /// A checkpoint is due when the log since the last one is longer than this, and longer than the
  /// last checkpoint times the ratio.
  std::uint64_t checkpoint_bytes = std::uint64_t{256} << 20;
  double checkpoint_ratio = 1;
  /// The size of the largest request.
  std::uint64_t message_bytes_max = std::uint64_t{1} << 20;
  /// Room on the disk that a segment reserves beyond the least.
  std::uint64_t room_step_bytes = NextSegment::kRoomStepBytes;
  Worker::Where blocking_work = Worker::Where::kThread;
};

/// Where a log goes on.
struct LogPosition {
  std::uint64_t next_sequence = 1;
  std::uint64_t log_bytes = 0;         // of the segments since the last checkpoint
  std::uint64_t checkpoint_bytes = 0;  // of the last checkpoint; 0 where there is none
  /// The offset by which the deadlines were read; nothing if the files have no deadlines.
  std::optional<WallOffset> wall{};
};

class Log final : public Engine {
 public:
  /// `wake` makes the core's loop turn; any thread. Checkpoints are made of `store`. All must
  /// outlive this object.
  Log(Directory& directory, store::Store& store, const Clock& clock, const Manifest& manifest,
      std::uint32_t core, const LogSettings& settings, const std::function<void()>& wake);
  ~Log() override = default;

  /// Begins a new segment. REQUIRES: not open yet.
  [[nodiscard]] Result<void> open(const LogPosition& position);
  /// Writes a checkpoint of the store and waits for it. Gives up with an error when the directory's
  /// is_stopped() returns true. REQUIRES: open, and nothing was changed since the last commit.
  [[nodiscard]] Result<void> checkpoint_now();

  [[nodiscard]] std::int64_t unix_offset_ms() const override { return clock_.unix_offset_ms(); }
  /// With SyncLevel::kAlways the commit is pending until it is on the disk. All commits before one
  /// sync share its ticket.
  [[nodiscard]] Committed commit(store::Batch& changes, std::uint64_t now_ms) override;
  [[nodiscard]] bool has_room(std::size_t bytes) const override;
  /// Begins the sync for these clients, unless one is under way or the wait for more clients is.
  void expect(std::size_t clients) override;
  [[nodiscard]] bool has_news() const override;
  void poll(Events& events) override;

  [[nodiscard]] bool work(std::uint64_t now_ms) override;
  [[nodiscard]] std::uint64_t next_deadline_ms() const override;
  [[nodiscard]] Storage storage() const override { return storage_; }
  [[nodiscard]] Figures figures() const override;
  void close(store::Batch& changes) override;

 private:
  // Appends the changes as a frame; false if that failed.
  [[nodiscard]] bool append(store::Batch& changes);
  // Appends the content of out_; false if that failed.
  [[nodiscard]] bool append();
  // The outcome of a commit of everything that was appended.
  [[nodiscard]] Committed outcome() const;
  // Goes over to the next segment; false if that is not ready.
  bool rotate();
  // Appends a mark if everything is on the disk and no mark says so yet.
  void mark();
  [[nodiscard]] bool begin_checkpoint();

  // Reserves more room in the segment if little is left.
  void keep_room();
  [[nodiscard]] bool fits(std::size_t bytes) const;

  void begin_sync(std::size_t waiting);
  void on_synced(const SyncTarget& target, int error);

  void set_storage(Storage storage, int error);
  void on_failed(std::string_view what, int error);
  void on_replaced();
  void log_failure(std::string_view what, int error) const;
  void refuse_changes();

  const CoreFiles files_;
  const LogSettings settings_;
  const std::uint64_t room_least_;  // a segment keeps that much room for the next commits

  Worker syncer_;  // syncs only, so that no sync waits for a checkpoint
  Worker writer_;  // everything else that may block
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
