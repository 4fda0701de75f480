// The bytes of a header and of a frame's head, and their checksums, for FrameWriter, FrameReader
// and the search behind damage. Reads no file. engine/log_file.h has the format.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "engine/log_file.h"

namespace seshdb::engine {

inline constexpr std::uint32_t kMarkBytes = 0;           // the bytes field of a mark
inline constexpr std::uint32_t kEndBytes = 0xFFFF'FFFF;  // and of the closing frame

/// A header as it is in a file.
struct RawHeader {
  bool has_magic = false;
  bool has_checksum = false;
  std::uint32_t format = 0;
  FileHeader fields;
};

using HeaderBytes = std::array<char, kHeaderBytes>;
[[nodiscard]] HeaderBytes to_bytes(const FileHeader& header);
/// REQUIRES: kHeaderBytes bytes at `from`.
[[nodiscard]] RawHeader read_header(const char* from);

/// The seed of the checksums of a file's frames. It depends on the whole header, so that frames of
/// another file do not match.
[[nodiscard]] std::uint64_t seed_of(const FileHeader& header);

struct FrameHead {
  std::uint32_t bytes_field = 0;
  std::uint32_t synced_field = 0;  // in eighths
  std::uint64_t checksum = 0;

  [[nodiscard]] bool is_end() const { return bytes_field == kEndBytes; }
  [[nodiscard]] std::uint64_t synced() const { return std::uint64_t{synced_field} * 8; }
  [[nodiscard]] std::size_t payload_bytes() const { return is_end() ? 0 : bytes_field; }
  /// Head, payload and filling.
  [[nodiscard]] std::size_t frame_bytes() const { return frame_bytes_for(payload_bytes()); }
  /// True if a writer may have written this head at `position`, with `room` bytes left in the file.
  [[nodiscard]] bool may_be(std::uint64_t position, std::uint64_t room) const {
    return payload_bytes() <= kPayloadBytesMax && frame_bytes() <= room && synced() <= position;
  }
};

/// REQUIRES: kFrameHeadBytes bytes at `from`.
[[nodiscard]] FrameHead read_head(const char* from);
void append_head(const FrameHead& head, Buffer& out);

/// The checksum of one frame. The payload may be added in pieces.
class FrameChecksum {
 public:
  FrameChecksum(const FrameHead& head, std::uint64_t file_seed, std::uint64_t position);

  void add(std::string_view piece) { XXH3_64bits_update(&state_, piece.data(), piece.size()); }
  [[nodiscard]] std::uint64_t value() const { return XXH3_64bits_digest(&state_); }

 private:
  XXH3_state_t state_;
};

/// True if all bytes are zeros, as in every filling. So a changed byte in a filling is found too.
[[nodiscard]] bool is_filling(std::string_view bytes);

/// True if `frame`, a head with its payload and filling, is what a writer wrote at `position`.
/// REQUIRES: frame.size() == head.frame_bytes().
[[nodiscard]] bool is_whole(std::string_view frame, const FrameHead& head, std::uint64_t file_seed,
                            std::uint64_t position);

}  // namespace seshdb::engine
