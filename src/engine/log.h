// The durable engine of one core: an append-only log of what each loop turn changed, in segments,
// and checkpoints that replace the older ones. Memory serves every read. The core's thread only
// appends (to the kernel's page cache); what may block happens on two threads of its own.
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
#include "engine/checkpoint.h"
#include "engine/engine.h"
#include "engine/file.h"
#include "engine/layout.h"
#include "engine/syncs.h"
#include "store/batch.h"
#include "store/store.h"

namespace seshdb::engine {

/// When what was committed is put on the disk (fdatasync).
enum class SyncLevel : std::uint8_t {
  kAlways,    // before any answer that tells of it
  kInterval,  // at least every second
  kOff,       // when the kernel pleases
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
  Worker::Where blocking_work = Worker::Where::kThread;
};

/// What is added to the monotonic clock to give Unix milliseconds.
struct WallOffset {
  std::int64_t clock_ms = 0;    // as the clock has it
  std::int64_t on_disk_ms = 0;  // as the deadlines in the files have it
};

/// Where a log goes on.
struct LogPosition {
  std::uint64_t next_sequence = 1;
  std::uint64_t log_bytes = 0;         // of the segments since the last checkpoint
  std::uint64_t checkpoint_bytes = 0;  // of the last checkpoint; 0 where there is none
  /// What the deadlines were read by; nothing: there are none in the files.
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

  [[nodiscard]] std::int64_t unix_offset_ms() const override { return offset_on_disk_ms_; }
  /// With SyncLevel::kAlways it is pending until it is on the disk; commits share the ticket of the
  /// sync that puts them there.
  [[nodiscard]] Committed commit(store::Batch& changes, std::uint64_t now_ms) override;
  [[nodiscard]] bool has_room(std::size_t bytes) const override;
  /// Begins the sync that they wait for, unless one is under way or it pays to let more share it.
  void expect(std::size_t clients) override;
  [[nodiscard]] bool has_news() const override;
  void poll(Events& events) override;

  [[nodiscard]] bool work(std::uint64_t now_ms) override;
  [[nodiscard]] std::uint64_t next_deadline_ms() const override;
  [[nodiscard]] Storage storage() const override { return storage_; }
  [[nodiscard]] Figures figures() const override;
  void close(store::Batch& changes) override;

  /// Is a sync under way, or a moment's wait for it?
  [[nodiscard]] bool is_syncing() const { return syncs_.is_under_way() || syncs_.is_waiting(); }

 private:
  struct Segment {
    std::shared_ptr<AppendFile> file;
    FrameWriter frames{FileHeader{}};
    std::uint64_t sequence = 0;
    std::uint64_t reserved = 0;  // there is room on the disk up to this position
  };

  [[nodiscard]] FileHeader header(FileKind kind, std::uint64_t sequence) const;
  // Makes a new segment with room for so many bytes, or fewer where the disk has not as many; any
  // thread. 0 or an errno.
  [[nodiscard]] int make(Segment& segment, std::uint64_t sequence, std::uint64_t room) const;
  void prepare_next();
  // Goes over to the next segment; false where that is not ready.
  bool rotate();
  void begin_clock(const std::optional<WallOffset>& wall);
  // Adds a record where the wall clock was set.
  void look_at_clock(store::Batch& changes);
  void tell_time(store::Batch& changes);
  // Appends the changes as a frame; false where that failed.
  [[nodiscard]] bool append(store::Batch& changes);
  // What a commit of all that was appended is.
  [[nodiscard]] Committed promised() const;
  // Appends what stands in out_.
  [[nodiscard]] bool append();
  void keep_room();
  [[nodiscard]] bool fits(std::size_t bytes) const;
  [[nodiscard]] std::uint64_t room_least() const;
  void mark();
  void fail(std::string_view what, int error);
  void report_failure(std::string_view what, int error) const;
  void refuse_changes();
  // Asks now and then whether the directory still stands at its path (log_directory.cc).
  void look_at_directory();
  void fail_replaced();
  void set_storage(Storage storage, int error);
  // Adds this core's files of the epoch with a lower sequence; any thread. 0 or an errno.
  [[nodiscard]] int files_before(std::uint64_t sequence, std::vector<NamedFile>& files) const;
  void sync_older();
  void begin_sync(std::size_t waiting);
  void on_synced(const SyncTarget& target, int error);

  [[nodiscard]] bool checkpoint_is_due() const;
  void begin_checkpoint();
  void look_at_checkpoint(std::uint64_t now_ms);
  void remove_before(std::uint64_t sequence);

  Directory& directory_;
  store::Store& store_;
  const Clock& clock_;
  const Manifest manifest_;
  const std::uint32_t core_;
  const LogSettings settings_;

  Buffer out_;
  Segment segment_;
  std::optional<Segment> next_;
  bool preparing_ = false;
  bool fills_segments_ = false;  // it did once
  bool next_failed_ = false;     // the last time it was tried to make one ready
  std::uint64_t next_due_ms_ = 0;
  std::uint64_t now_ms_ = 0;                         // as the core has said last
  std::int64_t clock_offset_ms_ = 0;                 // the clock's, as it was seen last
  std::int64_t offset_on_disk_ms_ = 0;               // see unix_offset_ms
  std::uint64_t time_due_ms_ = 0;                    // when the log is told the time again
  std::uint64_t on_disk_ = 0;                        // bytes of segment_ that are known to be
  std::vector<std::shared_ptr<AppendFile>> closed_;  // full segments, not synced yet

  std::uint64_t marked_ = 0;  // bytes appended when the last mark was written
  std::uint64_t sync_due_ms_ = 0;
  std::uint64_t room_due_ms_ = 0;
  bool verifying_ = false;
  std::uint64_t verify_due_ms_ = 0;
  Storage storage_ = Storage::kGood;

  std::uint64_t checkpoints_ = 0;  // written since the start

  LogPosition position_;                   // sizes as they are now
  std::uint64_t checkpoint_sequence_ = 0;  // of the one under way
  std::uint64_t log_bytes_before_ = 0;     // of what the one under way replaces
  std::uint64_t checkpoint_due_ms_ = 0;    // after one that failed

  Syncs syncs_;    // with a thread of its own, so that none waits for a checkpoint
  Worker writer_;  // the rest
  Checkpoint checkpoint_;
};

}  // namespace seshdb::engine
