// Reads a core's files into its store: finds them, checks that they are whole, and applies their
// records. Repairs what a crash left. Refuses any other damage, or skips and lists it in a salvage.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/file.h"
#include "engine/layout.h"
#include "engine/log.h"
#include "store/replay.h"

namespace seshdb::engine {

/// What reading found. Each text has the file and the position.
struct RecoveryReport {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::uint64_t records = 0;
  std::vector<std::string> dropped;  // what a crash left unfinished, promised to no client
  std::vector<std::string> damage;   // what a salvage skipped
  std::uint64_t orphans = 0;         // records whose session, key or place is missing
  std::int64_t behind_ms = 0;        // how far the wall clock is behind the latest time in the data

  void add(const RecoveryReport& other);
};

/// Reads one core's files of an epoch.
class Recovery {
 public:
  enum class Mode : std::uint8_t {
    kStart,    // stops at damage; repairs on the disk what a crash left
    kCheck,    // stops at damage; changes nothing on the disk
    kSalvage,  // applies everything that is whole; changes nothing on the disk
  };

  /// `files`: all files of the directory. The reading adds to `bytes_read`; any thread.
  Recovery(Directory& directory, const Manifest& manifest, std::uint32_t core,
           const std::vector<NamedFile>& files, Mode mode, std::atomic<std::uint64_t>& bytes_read);

  /// Bytes of the files that will be read.
  [[nodiscard]] std::uint64_t bytes_to_read() const { return bytes_to_read_; }
  /// Applies the records of the files. Gives the position at which the core's log goes on. Call it
  /// once.
  [[nodiscard]] Result<LogPosition> run(store::Replay& replay);
  /// Call it after run(), which may have failed.
  [[nodiscard]] const RecoveryReport& report() const { return report_; }

 private:
  // How reading a file ended.
  struct End {
    bool closed = false;
    bool any_frame = false;
    bool torn = false;               // not closed, but as a crash during a write leaves it
    std::uint64_t synced_bytes = 0;  // that much was on the disk, as the frames say
    std::uint64_t whole_bytes = 0;
    std::uint64_t tail_bytes = 0;
  };
  struct ReadLog {
    NamedFile file;
    End end;
  };

  void choose(const std::vector<NamedFile>& files);
  // With a null replay the records are checked but not applied.
  [[nodiscard]] Result<End> read(const NamedFile& file, store::Replay* replay);
  [[nodiscard]] Result<End> read_frames(FrameReader& reader, const NamedFile& file,
                                        store::Replay* replay);
  [[nodiscard]] Result<void> read_checkpoint(store::Replay& replay);
  [[nodiscard]] Result<void> read_logs(store::Replay& replay);
  // Repairs on the disk what a crash left.
  [[nodiscard]] Result<void> put_in_order();
  // Cuts the file to what is whole and syncs it. Gives the file for appending.
  [[nodiscard]] Result<std::unique_ptr<AppendFile>> put_on_disk(const ReadLog& log);
  // 0 or an errno.
  [[nodiscard]] int remove_behind_tail();
  [[nodiscard]] Result<void> close_tail();
  [[nodiscard]] FileHeader header_of(const NamedFile& file) const;
  [[nodiscard]] tl::unexpected<std::string> io_failure(const std::string& name, int error) const;
  // Lists the damage in a salvage; else an error.
  [[nodiscard]] Result<void> damaged(std::string what);
  [[nodiscard]] std::string where(const NamedFile& file, std::uint64_t position) const;

  Directory& directory_;
  const Manifest manifest_;
  const std::uint32_t core_;
  const Mode mode_;
  std::atomic<std::uint64_t>& bytes_read_;
  std::optional<NamedFile> checkpoint_;
  std::vector<NamedFile> logs_;         // in order
  std::vector<ReadLog> unsynced_logs_;  // closed, but perhaps not on the disk to their ends
  std::optional<ReadLog> tail_;         // the last log with data: it is not closed
  std::vector<NamedFile> useless_;      // older than the checkpoint, or unfinished
  bool is_missing_ = false;             // the core has no files, though it must have some
  std::uint64_t bytes_to_read_ = 0;
  LogPosition position_;
  RecoveryReport report_;
};

}  // namespace seshdb::engine
