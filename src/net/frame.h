// Writes WebSocket frames (RFC 6455, section 5.2). Defines the opcodes and close codes of both
// directions. A server's frames are never masked; this server never fragments. Reading is in
// net/websocket.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/buffer.h"

namespace seshdb::net {

enum class Opcode : std::uint8_t {
  kContinuation = 0x0,
  kText = 0x1,
  kBinary = 0x2,
  kClose = 0x8,
  kPing = 0x9,
  kPong = 0xA,
};

/// Close codes (RFC 6455, section 7.4.1).
enum class CloseCode : std::uint16_t {
  kNone = 0,  // no error; never sent
  kGoingAway = 1001,
  kProtocolError = 1002,
  kInvalidText = 1007,
  kPolicyViolation = 1008,
  kMessageTooBig = 1009,
};

void append_frame(Opcode opcode, std::string_view payload, Buffer& out);
/// `code` 0 appends a close frame without a code.
void append_close_frame(std::uint16_t code, Buffer& out);

/// Writes a text frame's payload directly into the send buffer, before its size is known. Nothing
/// else may be written to the buffer between begin and end or cancel.
class TextFrameInPlace {
 public:
  void begin(Buffer& out);
  void end(Buffer& out);
  void cancel(Buffer& out) const { out.truncate(start_); }

 private:
  static constexpr std::size_t kHeaderRoom = 4;  // the header size of most frames

  std::size_t start_ = 0;
  std::size_t room_ = kHeaderRoom;  // the last frame's header size: the next one is likely similar
};

}  // namespace seshdb::net
