// The segment of the log that is appended to: its file, the layout of its frames, the room that is
// reserved for it, and how much of it is on the disk. The log decides when to append, reserve and
// sync.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/buffer.h"
#include "base/check.h"
#include "engine/core_files.h"
#include "engine/file.h"
#include "engine/log_file.h"

namespace seshdb::engine {

class Segment {
 public:
  /// How much room a new segment reserves.
  struct Room {
    std::uint64_t bytes = 0;
    std::uint64_t bytes_least = 0;  // if the disk does not have `bytes`
  };

  /// No segment; assign one that was made.
  Segment() = default;

  /// Makes a new segment and puts it on the disk. Any thread. 0 or an errno: ESTALE if the
  /// directory is not at its path any more.
  [[nodiscard]] static int make(const CoreFiles& files, std::uint64_t sequence, const Room& room,
                                Segment& segment);

  [[nodiscard]] bool is_open() const { return file_ != nullptr; }
  [[nodiscard]] std::uint64_t sequence() const { return sequence_; }
  /// Bytes so far.
  [[nodiscard]] std::uint64_t position() const { return frames_.position(); }
  [[nodiscard]] const std::shared_ptr<AppendFile>& file() const { return file_; }

  // These add the next bytes of the file to `out`. The caller appends all of them, in order, before
  // it adds more.

  void frame(std::string_view payload, Buffer& out) { frames_.frame(payload, on_disk_, out); }
  /// Tells a reader that all before it is on the disk. REQUIRES: is_on_disk().
  void mark(Buffer& out) {
    SESHDB_CHECK(is_on_disk());
    frames_.mark(on_disk_, out);
  }
  /// The closing frame: nothing follows it.
  void end(Buffer& out) { frames_.end(on_disk_, out); }
  /// Appends the bytes that were added to `out`. 0 or an errno.
  [[nodiscard]] int append(std::string_view bytes);

  /// True if a frame with a payload of `bytes`, and the closing frame behind it, fit into the
  /// reserved room.
  [[nodiscard]] bool fits(std::uint64_t bytes) const {
    return position() + frame_bytes_for(bytes) + kFrameHeadBytes <= reserved_;
  }
  /// Bytes of the reserved room that are not used yet.
  [[nodiscard]] std::uint64_t room() const { return reserved_ - std::min(reserved_, position()); }
  /// Reserves room for `bytes` more behind the end. 0 or an errno.
  [[nodiscard]] int reserve(std::uint64_t bytes);

  /// A sync has put everything before `position` on the disk.
  void note_synced(std::uint64_t position) {
    SESHDB_CHECK(position <= this->position());
    on_disk_ = std::max(on_disk_, position);
  }
  [[nodiscard]] bool is_on_disk() const { return on_disk_ == position(); }

 private:
  std::shared_ptr<AppendFile> file_;
  FrameWriter frames_{FileHeader{}};
  std::uint64_t sequence_ = 0;
  std::uint64_t appended_ = 0;  // bytes of the file
  std::uint64_t reserved_ = 0;  // there is room on the disk up to this position
  std::uint64_t on_disk_ = 0;   // that many bytes are on the disk
};

}  // namespace seshdb::engine
