// fin:1 rsv:3 opcode:4 | mask:1 length:7 | length:16 if the 7 bits are 126, length:64 if they are
// 127 | payload
#include "net/frame.h"

#include <array>
#include <cstring>

namespace seshdb::net {

namespace {

constexpr unsigned kFin = 0x80;
constexpr unsigned kLength16 = 126;
constexpr unsigned kLength64 = 127;
constexpr std::size_t kHeaderBytesMax = 10;

// Writes a frame's header to `to`; returns its size: 2, 4 or 10.
std::size_t write_header(Opcode opcode, std::size_t payload_bytes, char* to) {
  to[0] = static_cast<char>(kFin | static_cast<unsigned>(opcode));
  if (payload_bytes < kLength16) {
    to[1] = static_cast<char>(payload_bytes);
    return 2;
  }
  const bool is_short = payload_bytes <= UINT16_MAX;
  const std::size_t bytes = is_short ? 2 : 8;
  to[1] = static_cast<char>(is_short ? kLength16 : kLength64);
  for (std::size_t i = 0; i < bytes; ++i) {
    to[2 + i] = static_cast<char>(payload_bytes >> (8 * (bytes - 1 - i)) & 0xFFU);
  }
  return 2 + bytes;
}

}  // namespace

void append_frame(Opcode opcode, std::string_view payload, Buffer& out) {
  char* const to = out.reserve(kHeaderBytesMax + payload.size());
  out.commit(write_header(opcode, payload.size(), to));
  out.append(payload);
}

void append_close_frame(std::uint16_t code, Buffer& out) {
  const std::array<char, 2> payload{static_cast<char>(code >> 8U), static_cast<char>(code & 0xFFU)};
  append_frame(Opcode::kClose, {payload.data(), code == 0 ? 0 : payload.size()}, out);
}

void TextFrameInPlace::begin(Buffer& out) {
  start_ = out.size();
  (void)out.reserve(room_);
  out.commit(room_);
}

void TextFrameInPlace::end(Buffer& out) {
  const std::size_t bytes = out.size() - start_ - room_;
  std::array<char, kHeaderBytesMax> header{};
  const std::size_t header_bytes = write_header(Opcode::kText, bytes, header.data());
  if (header_bytes != room_) {
    (void)out.reserve(kHeaderBytesMax);
    char* const start = out.data() + start_;
    std::memmove(start + header_bytes, start + room_, bytes);
    out.truncate(start_ + header_bytes + bytes);
  }
  std::memcpy(out.data() + start_, header.data(), header_bytes);
  room_ = header_bytes == kHeaderBytesMax ? kHeaderBytesMax : kHeaderRoom;
}

}  // namespace seshdb::net
