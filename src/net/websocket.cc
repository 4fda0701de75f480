// A client's frame (RFC 6455, section 5.2):
//   fin:1 rsv:3 opcode:4 | mask:1 length:7 | length:16 if the 7 bits are 126, length:64 if they are
//   127 | mask:32 | payload
#include "net/websocket.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <cstring>

namespace seshdb::net {

namespace {

constexpr unsigned kFin = 0x80;
constexpr unsigned kReserved = 0x70;
constexpr unsigned kOpcode = 0x0F;
constexpr unsigned kMask = 0x80;
constexpr unsigned kLength = 0x7F;
constexpr unsigned kLength16 = 126;
constexpr unsigned kLength64 = 127;

unsigned byte_at(const char* data, std::size_t i) { return static_cast<unsigned char>(data[i]); }

std::uint64_t read_big_endian(const char* data, std::size_t bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < bytes; ++i) {
    number = number << 8U | byte_at(data, i);
  }
  return number;
}

// The close codes that an endpoint may send (RFC 6455, section 7.4, and its registry).
bool may_be_sent(std::uint64_t code) {
  if (code >= 3000) return code <= 4999;
  if (code < 1000 || code > 1014) return false;
  return code != 1004 && code != 1005 && code != 1006;
}

}  // namespace

void unmask(char* data, std::size_t bytes, std::array<char, 4> mask, std::size_t offset) {
  std::rotate(mask.begin(), mask.begin() + static_cast<std::ptrdiff_t>(offset % 4), mask.end());
  std::uint32_t word = 0;
  std::memcpy(&word, mask.data(), sizeof(word));
#ifdef __SSE2__
  const __m128i wide = _mm_set1_epi32(static_cast<int>(word));
  for (; bytes >= 16; bytes -= 16, data += 16) {
    __m128i block;
    std::memcpy(&block, data, sizeof(block));
    block = _mm_xor_si128(block, wide);
    std::memcpy(data, &block, sizeof(block));
  }
#endif
  for (; bytes >= 4; bytes -= 4, data += 4) {
    std::uint32_t block = 0;
    std::memcpy(&block, data, sizeof(block));
    block ^= word;
    std::memcpy(data, &block, sizeof(block));
  }
  for (std::size_t i = 0; i < bytes; ++i) {
    data[i] = static_cast<char>(data[i] ^ mask.at(i));
  }
}

std::size_t WebSocketReader::header_bytes(const char* header, std::size_t known) {
  if (known < 2) return 2;
  const unsigned length = byte_at(header, 1) & kLength;
  const std::size_t extended = length == kLength16 ? 2 : length == kLength64 ? 8 : 0;
  const std::size_t mask = (byte_at(header, 1) & kMask) != 0 ? 4 : 0;
  return 2 + extended + mask;
}

CloseCode WebSocketReader::begin_frame(const char* header, std::size_t bytes) {
  const unsigned first = byte_at(header, 0);
  const unsigned second = byte_at(header, 1);
  const bool masked = (second & kMask) != 0;
  if ((first & kReserved) != 0 || !masked) {
    return CloseCode::kProtocolError;
  }
  const unsigned length = second & kLength;
  frame_ = {.opcode = static_cast<Opcode>(first & kOpcode),
            .fin = (first & kFin) != 0,
            .mask = {},
            .bytes = length,
            .seen = 0};
  std::memcpy(frame_.mask.data(), header + bytes - frame_.mask.size(), frame_.mask.size());
  if (length >= kLength16) {
    const bool is_short = length == kLength16;
    frame_.bytes = read_big_endian(header + 2, is_short ? 2 : 8);
    // The RFC requires the shortest form, and a highest bit of 0.
    const std::uint64_t least = is_short ? kLength16 : UINT16_MAX + 1;
    if (frame_.bytes < least || frame_.bytes > INT64_MAX) {
      return CloseCode::kProtocolError;
    }
  }
  const CloseCode fault = check_frame();
  if (fault == CloseCode::kNone &&
      (frame_.opcode == Opcode::kText || frame_.opcode == Opcode::kBinary)) {
    text_ = frame_.opcode == Opcode::kText;
    utf8_.reset();
  }
  return fault;
}

CloseCode WebSocketReader::check_frame() const {
  switch (frame_.opcode) {
    case Opcode::kClose:
    case Opcode::kPing:
    case Opcode::kPong:
      return frame_.fin && frame_.bytes <= kControlBytesMax ? CloseCode::kNone
                                                            : CloseCode::kProtocolError;
    case Opcode::kContinuation:
      if (!in_message_) return CloseCode::kProtocolError;
      break;
    case Opcode::kText:
    case Opcode::kBinary:
      if (in_message_) return CloseCode::kProtocolError;
      break;
    default:
      return CloseCode::kProtocolError;
  }
  const std::uint64_t before = in_message_ ? message_.size() : 0;
  const bool fits = before <= message_bytes_max_ && frame_.bytes <= message_bytes_max_ - before;
  return fits ? CloseCode::kNone : CloseCode::kMessageTooBig;
}

CloseCode WebSocketReader::add_payload(char* data, std::size_t bytes) {
  unmask(data, bytes, frame_.mask, static_cast<std::size_t>(frame_.seen));
  frame_.seen += bytes;
  if (is_control(frame_.opcode)) {
    std::copy_n(data, bytes, control_.begin() + control_bytes_);
    control_bytes_ = static_cast<std::uint8_t>(control_bytes_ + bytes);
    return CloseCode::kNone;
  }
  in_message_ = true;
  if (text_ && !utf8_.add({data, bytes})) {
    return CloseCode::kInvalidText;
  }
  message_.append({data, bytes});
  return CloseCode::kNone;
}

CloseCode WebSocketReader::check_close(std::string_view payload) {
  if (payload.empty()) return CloseCode::kNone;
  if (payload.size() == 1 || !may_be_sent(read_big_endian(payload.data(), 2))) {
    return CloseCode::kProtocolError;
  }
  return is_utf8(payload.substr(2)) ? CloseCode::kNone : CloseCode::kInvalidText;
}

}  // namespace seshdb::net
