// The one file format of a data directory: a header and frames. Log segments and checkpoints are
// both such files. Knows nothing of what a frame's payload says (store/batch.h).
//
//   file    := header frame*
//   header  := "SESHDB\r\n" format:u32 kind:u32 core:u32 cores:u32 sequence:u64 checksum:u64
//   frame   := bytes:u32 synced:u32 checksum:u64 payload filling
//   payload := `bytes` bytes (at most kPayloadBytesMax)
//   filling := 0 to 7 zero bytes, so that the next frame begins at a multiple of 8
//
// Numbers are little-endian. A checksum is XXH3 (64 bits) of what precedes it in its header or
// frame head, followed by the payload, seeded with the sequence and, for a frame, its position, so
// that no frame passes for another. `synced` is how many eighths of the file's bytes (position / 8)
// were known to be on the disk when the frame was written. A frame of no bytes with bytes field
// kEnd closes a file that is complete: nothing follows it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "engine/file.h"

namespace seshdb::engine {

enum class FileKind : std::uint32_t { kLog = 1, kCheckpoint = 2 };

struct FileHeader {
  static constexpr std::uint32_t kFormat = 1;

  FileKind kind = FileKind::kLog;
  std::uint32_t core = 0;   // whose sessions it is about
  std::uint32_t cores = 1;  // of how many
  std::uint64_t sequence = 0;
};

inline constexpr std::size_t kHeaderBytes = 40;
inline constexpr std::size_t kFrameHeadBytes = 16;
inline constexpr std::size_t kPayloadBytesMax = std::size_t{1} << 30;
inline constexpr std::uint64_t kFileBytesMax = std::uint64_t{8} << 31;  // what `synced` can tell

/// Lays out what LogFile's user appends. Pure: no I/O.
class FrameWriter {
 public:
  explicit FrameWriter(const FileHeader& header) : header_(header) {}

  /// Appends the file's header to `out`; once, first.
  void begin(Buffer& out);
  /// Appends a frame. `synced`: bytes of this file known to be on the disk. REQUIRES: payload not
  /// empty and at most kPayloadBytesMax.
  void frame(std::string_view payload, std::uint64_t synced, Buffer& out);
  /// A frame that says nothing but how much is on the disk.
  void mark(std::uint64_t synced, Buffer& out);
  /// The frame that closes the file.
  void end(std::uint64_t synced, Buffer& out);
  /// Bytes of the file so far.
  [[nodiscard]] std::uint64_t position() const { return position_; }

 private:
  void append(std::uint32_t bytes_field, std::string_view payload, std::uint64_t synced,
              Buffer& out);

  FileHeader header_;
  std::uint64_t position_ = 0;
};

/// Reads a file frame by frame, holding one frame and a read buffer in memory.
class FrameReader {
 public:
  enum class Result : std::uint8_t {
    kFrame,    // payload() is the next frame's
    kClosed,   // the closing frame was read: the file is complete
    kTail,     // nothing more that is whole; what follows was never known to be on the disk. What a
               // crash leaves: tail_bytes() are not whole (0 where the file just ends)
    kDamaged,  // fault() says what: not what a crash leaves
    kFailed,   // fault() says what: the disk could not be read
  };

  /// Reads and checks the header. kFrame: it is good, and as `expected` says (kind, core, cores and
  /// sequence); kTail: the file is shorter than a header; kDamaged; kFailed.
  [[nodiscard]] Result open(Directory& directory, const std::string& name,
                            const FileHeader& expected);
  [[nodiscard]] Result next();
  /// After kDamaged: goes on to the next frame that is whole, if there is any; else kTail.
  [[nodiscard]] Result skip_damage();

  [[nodiscard]] std::string_view payload() const;
  /// Where in the file the last result begins.
  [[nodiscard]] std::uint64_t position() const { return position_; }
  [[nodiscard]] std::uint64_t tail_bytes() const { return tail_bytes_; }
  /// Bytes of damage stepped over by skip_damage so far.
  [[nodiscard]] std::uint64_t lost_bytes() const { return lost_bytes_; }
  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  std::unique_ptr<ReadFile> file_;
  FileHeader header_;
  std::string name_;
  Buffer buffer_;               // read, from position_ on
  std::size_t frame_bytes_ = 0;  // of the frame at the front of buffer_, filling included
  std::size_t payload_bytes_ = 0;
  std::uint64_t position_ = 0;
  std::uint64_t tail_bytes_ = 0;
  std::uint64_t lost_bytes_ = 0;
  bool at_end_ = false;
  std::string fault_;
};

}  // namespace seshdb::engine
