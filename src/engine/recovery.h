// Reads a core's files into its store: finds them, checks that they are whole, and applies their
// records. What a crash leaves is put in order; any other damage is refused, or skipped and listed
// in a salvage.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/file.h"
#include "engine/layout.h"
#include "engine/log.h"
#include "store/replay.h"

namespace seshdb::engine {

/// What reading told; each entry a sentence with file and position.
struct RecoveryReport {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::uint64_t records = 0;
  std::vector<std::string> dropped;  // what a crash left unfinished, never promised to anybody
  std::vector<std::string> damage;   // what a salvage stepped over
  std::uint64_t orphans = 0;         // records that a salvage found nothing to apply to
  std::int64_t behind_ms = 0;        // the wall clock stands so far before what the data know

  void add(const RecoveryReport& other);
};

/// Reads one core's files of an epoch.
class Recovery {
 public:
  enum class Mode : std::uint8_t {
    kStart,    // a fault ends it, and what a crash left is put in order on the disk
    kCheck,    // a fault ends it; nothing on the disk is changed
    kSalvage,  // everything that is whole is applied; nothing on the disk is changed
  };

  /// `files`: all of the directory. `bytes_read` is added to as reading goes on; any thread.
  Recovery(Directory& directory, const Manifest& manifest, std::uint32_t core,
           const std::vector<NamedFile>& files, Mode mode, std::atomic<std::uint64_t>& bytes_read);

  /// Bytes of the files that will be read.
  [[nodiscard]] std::uint64_t bytes_to_read() const { return bytes_to_read_; }
  /// Applies them; nothing, or the first fault.
  [[nodiscard]] std::optional<std::string> run(store::Replay& replay);
  /// After it: where the core's log goes on.
  [[nodiscard]] const LogPosition& position() const { return position_; }
  [[nodiscard]] const RecoveryReport& report() const { return report_; }

 private:
  // How reading a file ended.
  struct End {
    bool closed = false;
    bool any_frame = false;
    bool torn = false;  // not closed, and as a crash leaves it that came while it was written
    std::uint64_t synced_bytes = 0;  // so much of it was on the disk, as its frames say
    std::uint64_t whole_bytes = 0;
    std::uint64_t tail_bytes = 0;
  };
  struct ReadLog {
    NamedFile file;
    End end;
  };

  void choose(const std::vector<NamedFile>& files);
  [[nodiscard]] std::optional<std::string> read(const NamedFile& file, store::Replay* replay,
                                                End& end);
  [[nodiscard]] std::optional<std::string> read_frames(FrameReader& reader, const NamedFile& file,
                                                       store::Replay* replay, End& end);
  [[nodiscard]] std::optional<std::string> read_logs(store::Replay& replay);
  [[nodiscard]] std::optional<std::string> put_in_order();
  // Cuts it to what is whole, and gives it to go on with.
  [[nodiscard]] std::optional<std::string> put_on_disk(const ReadLog& log,
                                                       std::unique_ptr<AppendFile>& file);
  // 0 or an errno.
  [[nodiscard]] int remove_behind_tail();
  [[nodiscard]] std::optional<std::string> close_tail();
  [[nodiscard]] FileHeader header_of(const NamedFile& file) const;
  [[nodiscard]] std::string io_error(const std::string& name, int error) const;
  [[nodiscard]] std::optional<std::string> damaged(std::string what);
  [[nodiscard]] std::string where(const NamedFile& file, std::uint64_t position) const;

  Directory& directory_;
  const Manifest manifest_;
  const std::uint32_t core_;
  const Mode mode_;
  std::atomic<std::uint64_t>& bytes_read_;
  std::optional<NamedFile> checkpoint_;
  std::vector<NamedFile> logs_;         // in order
  std::vector<ReadLog> unsynced_logs_;  // closed ones, not known to be on the disk to their ends
  std::optional<ReadLog> tail_;         // the one at which the story ends: it is not closed
  std::vector<NamedFile> useless_;      // older than the checkpoint, or unfinished
  bool missed_ = false;
  std::uint64_t bytes_to_read_ = 0;
  LogPosition position_;
  RecoveryReport report_;
};

}  // namespace seshdb::engine
