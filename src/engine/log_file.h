// The one file format of a data directory: a header and frames. Log segments and checkpoints have
// it. Nothing here reads a frame's payload (store/batch.h).
//
//   file    := header frame*
//   header  := "SESHDB\r\n" format:u32 kind:u32 core:u32 cores:u32 sequence:u64 checksum:u64
//   frame   := bytes:u32 synced:u32 checksum:u64 payload filling
//   payload := `bytes` bytes (at most kPayloadBytesMax)
//   filling := 0 to 7 zero bytes, so that the next frame begins at a multiple of 8
//
// Numbers are little-endian. A checksum is XXH3 (64 bits) of the bytes before it in its header or
// frame head, followed by the payload. A header's checksum is seeded with the sequence. A frame's
// is seeded with the header's checksum, the directory's salt and the frame's position: so no other
// frame passes for this one, and no value of a client passes for a frame. `synced` says how much of
// the file was on the disk when the frame was written, in units of 8 bytes; it may say less, for it
// ends at 32 GiB. It never becomes smaller within a file. A frame without payload is a mark if its
// bytes field is 0. If that is 0xFFFFFFFF, the frame closes a complete file: nothing follows it.
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
  std::uint32_t core = 0;   // the core whose sessions the file has
  std::uint32_t cores = 1;  // how many cores there are
  std::uint64_t sequence = 0;
  /// The directory's salt (engine/layout.h). It is in the seed of the frames' checksums and not in
  /// the file, so that no client can send a value that contains a valid frame.
  std::uint64_t salt = 0;
};

inline constexpr std::size_t kHeaderBytes = 40;
inline constexpr std::size_t kFrameHeadBytes = 16;
inline constexpr std::size_t kPayloadBytesMax = std::size_t{1} << 30;

/// The size of a frame with a payload of `payload_bytes`.
[[nodiscard]] constexpr std::uint64_t frame_bytes_for(std::uint64_t payload_bytes) {
  return kFrameHeadBytes + (payload_bytes + 7) / 8 * 8;
}

/// Lays out the bytes of a file, which the caller appends. No I/O.
class FrameWriter {
 public:
  explicit FrameWriter(const FileHeader& header);

  /// Goes on with a file that ends at `position`. REQUIRES: that is the end of a frame or of the
  /// header.
  [[nodiscard]] static FrameWriter at(const FileHeader& header, std::uint64_t position);

  /// Appends the file's header to `out`; once, first. The caller syncs it before it gives the file
  /// its name: a reader takes a header that is not valid for damage.
  void begin(Buffer& out);
  /// Appends a frame. `synced`: so many bytes of this file are on the disk. REQUIRES: the payload
  /// is not empty and has at most kPayloadBytesMax bytes.
  void frame(std::string_view payload, std::uint64_t synced, Buffer& out);
  /// Appends a frame that only says how much is on the disk.
  void mark(std::uint64_t synced, Buffer& out);
  /// Appends the frame that closes the file: nothing follows it.
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
    kTail,     // no whole frame follows, except perhaps unsynced ones behind a gap that a power
               // loss left: the last tail_bytes() of the file are dropped (0 at a clean end)
    kDamaged,  // not what a crash leaves: fault() has the reason
    kFailed,   // the disk could not be read: fault() has the reason
  };

  /// Reads and checks the header. kFrame: it is valid, with the kind, core, cores and sequence of
  /// `expected`; kTail: the file is shorter than a header; kDamaged; kFailed. `directory` must
  /// outlive this object.
  [[nodiscard]] Result open(Directory& directory, const std::string& name,
                            const FileHeader& expected);
  /// Reads the next frame. After a result other than kFrame it returns that result again.
  [[nodiscard]] Result next();
  /// After kDamaged: goes on to the next whole frame; kTail if there is none. The search has a
  /// bound: kTail too if the checksums of too many bytes that look like frames do not match.
  [[nodiscard]] Result skip_damage();

  [[nodiscard]] std::string_view payload() const;
  /// How many bytes of the file were on the disk, as the last whole frame or mark says.
  [[nodiscard]] std::uint64_t synced() const { return synced_; }
  /// The position of the last result in the file.
  [[nodiscard]] std::uint64_t position() const { return position_; }
  [[nodiscard]] std::uint64_t tail_bytes() const { return tail_bytes_; }
  /// After kTail: true if a crash during a write leaves such a tail. Then the file ends there, or
  /// within a frame, or has a sector of zeros. Otherwise bytes were changed.
  [[nodiscard]] bool is_torn() const { return is_torn_; }
  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  Result read_frame();
  /// Decides between a tail and damage. `wrong` says why there is no whole frame at position_;
  /// `is_cut`: the file ends within it.
  Result judge(const std::string& wrong, bool is_cut);
  /// A tail, as no later frame proves damage; it is torn if it has a hole.
  Result tail_with_hole();
  /// Searches from position_ on for the first whole frame with synced() of at least `synced_least`;
  /// `at` is its position.
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
  std::size_t step_ = 0;  // size of the frame or header at position_
  std::size_t payload_bytes_ = 0;
  std::uint64_t synced_ = 0;       // of the last whole frame
  std::uint64_t known_bytes_ = 0;  // so many bytes were on the disk, as a later frame proves
  std::string known_by_;           // that frame, for a fault
  std::uint64_t tail_bytes_ = 0;
  bool is_torn_ = false;
  std::string fault_;
};

}  // namespace seshdb::engine
