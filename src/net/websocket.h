// The server's side of the WebSocket frame codec (RFC 6455, section 5), without I/O: it turns bytes
// into messages and control frames, however the bytes are split. It copies only messages that
// arrive in parts; a message that arrives in one piece is passed on in place.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/buffer.h"
#include "base/utf8.h"
#include "net/frame.h"

namespace seshdb::net {

/// Applies the mask (RFC 6455, section 5.3). `offset` is the position of `data` in the payload.
void unmask(char* data, std::size_t bytes, std::array<char, 4> mask, std::size_t offset);

/// The result of a handler's `on_message`. After kStop, consume() returns at once.
enum class Continue : std::uint8_t { kGoOn, kStop };

class WebSocketReader {
 public:
  explicit WebSocketReader(std::size_t message_bytes_max) : message_bytes_max_(message_bytes_max) {}

  /// For the messages that begin from now on.
  void set_message_bytes_max(std::size_t bytes) { message_bytes_max_ = bytes; }

  struct Result {
    std::size_t consumed;
    CloseCode fault;  // kNone, or the code to close the connection with
  };

  /// Reads frames from `data` and unmasks them there. The handler has these functions:
  ///   Continue on_message(std::string_view payload, bool is_text, bool in_place)
  ///     Text is valid UTF-8. The payload is valid until on_message returns; if `in_place`, it is
  ///     part of `data` and valid until consume returns.
  ///   void on_ping(std::string_view payload), void on_pong()
  ///   void on_close(std::uint16_t code, std::string_view reason)
  ///     `code` 0: the frame has none. This is the last call.
  /// Consumes everything, except after kStop, an error or a close.
  template <typename Handler>
  Result consume(char* data, std::size_t bytes, Handler& handler);

 private:
  enum class State : std::uint8_t { kHeader, kPayload, kClosed };

  struct Frame {
    Opcode opcode = Opcode::kContinuation;
    bool fin = false;
    std::array<char, 4> mask{};
    std::uint64_t bytes = 0;
    std::uint64_t seen = 0;  // bytes of the payload that were read
  };

  static constexpr std::size_t kHeaderBytesMax = 14;
  static constexpr std::size_t kControlBytesMax = 125;

  [[nodiscard]] static bool is_control(Opcode opcode) {
    return (static_cast<unsigned>(opcode) & 0x8U) != 0;
  }
  // The size of the header of which `known` bytes are known; 2 while its second byte is missing.
  [[nodiscard]] static std::size_t header_bytes(const char* header, std::size_t known);
  // Reads a whole header. kNone if it is valid.
  [[nodiscard]] CloseCode begin_frame(const char* header, std::size_t bytes);
  [[nodiscard]] CloseCode check_frame() const;
  [[nodiscard]] CloseCode add_payload(char* data, std::size_t bytes);
  [[nodiscard]] static CloseCode check_close(std::string_view payload);
  template <typename Handler>
  CloseCode end_control(Handler& handler);
  template <typename Handler>
  Continue end_message(std::string_view message, bool in_place, Handler& handler);

  std::size_t message_bytes_max_;  // of messages that have not begun
  State state_ = State::kHeader;
  bool in_message_ = false;  // a fragmented message has begun
  bool text_ = false;        // the message is text
  std::uint8_t header_known_ = 0;
  std::uint8_t control_bytes_ = 0;
  Utf8Stream utf8_;
  Frame frame_;
  std::array<char, kHeaderBytesMax> header_{};
  std::array<char, kControlBytesMax> control_{};
  Buffer message_;
};

template <typename Handler>
CloseCode WebSocketReader::end_control(Handler& handler) {
  const std::string_view payload{control_.data(), control_bytes_};
  if (frame_.opcode == Opcode::kPing) {
    handler.on_ping(payload);
  } else if (frame_.opcode == Opcode::kPong) {
    handler.on_pong();
  } else {
    const CloseCode fault = check_close(payload);
    if (fault != CloseCode::kNone) return fault;
    state_ = State::kClosed;
    const auto byte = [&payload](std::size_t i) { return static_cast<unsigned char>(payload[i]); };
    const bool has_code = payload.size() >= 2;
    handler.on_close(static_cast<std::uint16_t>(has_code ? byte(0) << 8 | byte(1) : 0),
                     has_code ? payload.substr(2) : std::string_view());
    return CloseCode::kNone;
  }
  control_bytes_ = 0;
  return CloseCode::kNone;
}

template <typename Handler>
Continue WebSocketReader::end_message(std::string_view message, bool in_place, Handler& handler) {
  in_message_ = false;
  const Continue next = handler.on_message(message, text_, in_place);
  message_.release();
  return next;
}

template <typename Handler>
WebSocketReader::Result WebSocketReader::consume(char* data, std::size_t bytes, Handler& handler) {
  std::size_t at = 0;
  const auto fault = [&at](CloseCode code) { return Result{at, code}; };
  while (at < bytes) {
    if (state_ == State::kClosed) break;
    if (state_ == State::kHeader) {
      const char* header = data + at;
      std::size_t header_size = header_bytes(header, bytes - at);
      if (header_known_ == 0 && header_size <= bytes - at) {  // in one piece: the usual case
        at += header_size;
      } else {
        while (header_known_ < 2 || header_known_ < header_bytes(header_.data(), header_known_)) {
          if (at == bytes) return {at, CloseCode::kNone};
          header_[header_known_++] = data[at++];
        }
        header = header_.data();
        header_size = header_known_;
        header_known_ = 0;
      }
      const CloseCode code = begin_frame(header, header_size);
      if (code != CloseCode::kNone) return fault(code);
      state_ = State::kPayload;
    }
    const std::size_t left = static_cast<std::size_t>(frame_.bytes - frame_.seen);
    const std::size_t here = left < bytes - at ? left : bytes - at;
    const bool whole = frame_.fin && !in_message_ && frame_.seen == 0 && here == left &&
                       !is_control(frame_.opcode);
    if (whole) {
      state_ = State::kHeader;
      unmask(data + at, here, frame_.mask, 0);
      const std::string_view message{data + at, here};
      text_ = frame_.opcode == Opcode::kText;
      if (text_ && !is_utf8(message)) return fault(CloseCode::kInvalidText);
      at += here;
      if (end_message(message, true, handler) == Continue::kStop) break;
      continue;
    }
    const CloseCode code = add_payload(data + at, here);
    at += here;
    if (code != CloseCode::kNone) return fault(code);
    if (frame_.seen != frame_.bytes) continue;
    state_ = State::kHeader;
    if (is_control(frame_.opcode)) {
      const CloseCode control = end_control(handler);
      if (control != CloseCode::kNone) return fault(control);
    } else if (frame_.fin) {
      if (text_ && !utf8_.complete()) return fault(CloseCode::kInvalidText);
      if (end_message(message_.view(), false, handler) == Continue::kStop) break;
    }
  }
  return {at, CloseCode::kNone};
}

}  // namespace seshdb::net
