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
// frame head, followed by the payload. A header's is seeded with the sequence; a frame's with the
// header's checksum, the directory's salt and the frame's position, so that no frame passes for
// another, and nothing that a client sent for a frame. `synced` is how
// many eighths of the file's bytes (position / 8) were known to be on the disk when the frame was
// written, or less (32 GiB are the most it can say); it never falls. A frame without payload is a
// mark where its bytes field is 0, and where that is 0xFFFFFFFF it closes a file that is complete:
// nothing follows it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "engine/file.h"
#include "engine/file_window.h"

namespace seshdb::engine {

struct FrameHit;

enum class FileKind : std::uint32_t { kLog = 1, kCheckpoint = 2 };

struct FileHeader {
  static constexpr std::uint32_t kFormat = 1;

  FileKind kind = FileKind::kLog;
  std::uint32_t core = 0;   // whose sessions it is about
  std::uint32_t cores = 1;  // of how many
  std::uint64_t sequence = 0;
  /// The directory's (engine/layout.h); goes into the frames' checksums and does not stand in the
  /// file: nobody else can make bytes that pass for a frame, as part of a value for instance.
  std::uint64_t salt = 0;
};

inline constexpr std::size_t kHeaderBytes = 40;
inline constexpr std::size_t kFrameHeadBytes = 16;
inline constexpr std::size_t kPayloadBytesMax = std::size_t{1} << 30;

/// What a payload of so many bytes takes in a file.
[[nodiscard]] constexpr std::uint64_t frame_bytes_for(std::uint64_t payload_bytes) {
  return kFrameHeadBytes + (payload_bytes + 7) / 8 * 8;
}

/// Lays out the bytes of a file, which the caller appends. No I/O.
class FrameWriter {
 public:
  explicit FrameWriter(const FileHeader& header);

  /// Goes on with a file that ends at `position`, behind a frame or the header.
  [[nodiscard]] static FrameWriter at(const FileHeader& header, std::uint64_t position);

  /// Appends the file's header to `out`; once, first. To be synced before the file's name is: a
  /// reader takes a header that is there but not sound for damage.
  void begin(Buffer& out);
  /// Appends a frame. `synced`: bytes of this file known to be on the disk. REQUIRES: payload not
  /// empty and at most kPayloadBytesMax.
  void frame(std::string_view payload, std::uint64_t synced, Buffer& out);
  /// A frame that says nothing but how much is on the disk.
  void mark(std::uint64_t synced, Buffer& out);
  /// The frame that closes the file: nothing follows it.
  void end(std::uint64_t synced, Buffer& out);
  /// Bytes of the file so far.
  [[nodiscard]] std::uint64_t position() const { return position_; }

 private:
  void append(std::uint32_t bytes_field, std::string_view payload, std::uint64_t synced,
              Buffer& out);

  FileHeader header_;
  std::uint64_t seed_;
  std::uint64_t position_ = 0;
  std::uint64_t synced_ = 0;
};

/// Reads a file frame by frame, holding one frame and a read buffer in memory.
class FrameReader {
 public:
  enum class Result : std::uint8_t {
    kFrame,    // payload() is the next frame's
    kClosed,   // the closing frame was read: the file is complete
    kTail,     // nothing more that is whole, but behind what a power loss left unwritten, which was
               // never known to be on the disk: tail_bytes() are not whole (0 where the file just
               // ends)
    kDamaged,  // fault() says what: not what a crash leaves
    kFailed,   // fault() says what: the disk could not be read
  };

  /// Reads and checks the header. kFrame: it is good, and as `expected` says (kind, core, cores and
  /// sequence); kTail: the file is shorter than a header; kDamaged; kFailed. `directory` has to
  /// outlive the reading.
  [[nodiscard]] Result open(Directory& directory, const std::string& name,
                            const FileHeader& expected);
  /// After anything but kFrame: the same again.
  [[nodiscard]] Result next();
  /// After kDamaged: goes on to the next frame that is whole, if there is any; else kTail. Also
  /// kTail where too much looks like a frame until its checksum is computed: the search has a
  /// bound.
  [[nodiscard]] Result skip_damage();

  [[nodiscard]] std::string_view payload() const;
  /// How many bytes of the file the frames so far, marks too, know to be on the disk.
  [[nodiscard]] std::uint64_t synced() const { return synced_; }
  /// Where in the file the last result begins.
  [[nodiscard]] std::uint64_t position() const { return position_; }
  [[nodiscard]] std::uint64_t tail_bytes() const { return tail_bytes_; }
  /// After kTail: whether it is such as a crash leaves that came while the file was written. It
  /// ends there, or within a frame, or has a sector of zeros. Else bytes were changed.
  [[nodiscard]] bool is_torn() const { return is_torn_; }
  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  Result read_frame();
  /// Tail or damage? `wrong` says why there is no whole frame at position_; `is_cut`: the file ends
  /// within it.
  Result judge(const std::string& wrong, bool is_cut);
  /// The same where no frame behind proves damage.
  Result tail_with_hole();
  /// Searches the first whole frame from position_ on that knows of so many bytes on the disk.
  FrameHit look_behind(std::uint64_t synced_least, std::uint64_t& at);
  Result tail(bool is_torn);
  Result damaged(const std::string& wrong);
  Result failed(int error);

  Directory* directory_ = nullptr;
  std::string name_;
  std::uint64_t seed_ = 0;
  FileWindow window_;              // at position_, between the calls
  Result result_ = Result::kTail;  // the last one
  std::uint64_t position_ = 0;
  std::size_t step_ = 0;  // bytes of what stands at position_, to be stepped over
  std::size_t payload_bytes_ = 0;
  std::uint64_t synced_ = 0;       // what the last whole frame said
  std::uint64_t known_bytes_ = 0;  // what stood before here had been on the disk, as a later frame
  std::string known_by_;           // proves: this one
  std::uint64_t tail_bytes_ = 0;
  bool is_torn_ = false;
  std::string fault_;
};

}  // namespace seshdb::engine
