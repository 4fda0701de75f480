// WebSocket frames on their way out (RFC 6455, section 5.2), and the numbers that both directions
// know. A server's frames are never masked, and ours never fragmented. Reading: net/websocket.h.
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
  kNone = 0,  // no fault; never sent
  kGoingAway = 1001,
  kProtocolError = 1002,
  kInvalidText = 1007,
  kMessageTooBig = 1009,
};

void append_frame(Opcode opcode, std::string_view payload, Buffer& out);
/// `code` 0: a close frame that gives none.
void append_close_frame(std::uint16_t code, Buffer& out);

/// A text frame whose payload is written straight into the buffer it leaves from, before its size
/// is known. Nothing else is written to the buffer between begin and end or cancel.
class TextFrameInPlace {
 public:
  void begin(Buffer& out);
  void end(Buffer& out);
  void cancel(Buffer& out) const { out.truncate(start_); }

 private:
  static constexpr std::size_t kHeaderRoom = 4;  // what most frames need

  std::size_t start_ = 0;
  std::size_t room_ = kHeaderRoom;  // a large frame is likely to be followed by another
};

}  // namespace seshdb::net
