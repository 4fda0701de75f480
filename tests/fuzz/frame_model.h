// A simple reader of a client's RFC 6455 frames from one buffer that holds all of them, for the
// codec's fuzzer to compare with. Written from the RFC, without any code of src/net.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace seshdb::testing {

/// One entry: its kind, its size, its bytes.
inline std::string entry(char kind, std::string_view payload) {
  return kind + std::to_string(payload.size()) + ':' + std::string(payload);
}

/// RFC 3629, by arithmetic. `cut`: the text may end inside a character.
inline bool is_plain_utf8(std::string_view text, bool cut) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t lead = byte(at);
    const std::size_t bytes = lead < 0x80   ? 1
                              : lead < 0xC2 ? 0
                              : lead < 0xE0 ? 2
                              : lead < 0xF0 ? 3
                              : lead < 0xF5 ? 4
                                            : 0;
    if (bytes == 0) return false;
    // The least and the greatest code point that these bytes can begin.
    std::uint32_t least = bytes == 1 ? lead : lead & (0x7FU >> bytes);
    std::uint32_t most = least;
    for (std::size_t i = 1; i < bytes; ++i) {
      const bool here = at + i < text.size();
      if (here && (byte(at + i) & 0xC0U) != 0x80) return false;
      least = least * 64 + (here ? byte(at + i) & 0x3FU : 0);
      most = most * 64 + (here ? byte(at + i) & 0x3FU : 0x3F);
    }
    const std::uint32_t floor = bytes == 4 ? 0x10000 : bytes == 3 ? 0x800 : 0;
    const bool surrogate = least >= 0xD800 && most <= 0xDFFF;
    if (most < floor || least > 0x10FFFF || surrogate) return false;
    if (at + bytes > text.size()) return cut;
    at += bytes;
  }
  return true;
}

inline bool is_close_code(unsigned code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
         (code >= 3000 && code <= 4999);
}

/// What a server reads from `sent`, entry by entry, and its close code (0: none).
class FrameModel {
 public:
  FrameModel(std::string_view sent, std::size_t message_bytes_max)
      : rest_(sent), message_bytes_max_(message_bytes_max) {}

  std::pair<std::string, unsigned> run() {
    while (fault_ == 0 && !over_) frame();
    return {heard_, fault_};
  }

 private:
  void frame() {
    const auto byte = [this](std::size_t i) { return static_cast<unsigned char>(rest_[i]); };
    over_ = rest_.size() < 2;
    if (over_) return;
    const unsigned length = byte(1) & 0x7FU;
    const std::size_t extra = length == 126 ? 2 : length == 127 ? 8 : 0;
    const bool masked = byte(1) >= 0x80;
    const std::size_t header = 2 + extra + (masked ? 4 : 0);
    over_ = rest_.size() < header;
    if (over_) return;
    std::uint64_t bytes = extra == 0 ? length : 0;
    for (std::size_t i = 2; i < 2 + extra; ++i) bytes = bytes * 256 + byte(i);
    const bool longer_than_needed = (extra == 2 && bytes < 126) || (extra == 8 && bytes < 65536);
    const bool reserved = (byte(0) & 0x70U) != 0;
    const bool fin = byte(0) >= 0x80;
    const unsigned opcode = byte(0) & 0x0FU;
    if (!masked || reserved || longer_than_needed || bytes >> 63U != 0) return fail(1002);
    if (opcode < 8 && (opcode > 2 || (opcode == 0) != in_message_)) return fail(1002);
    if (opcode >= 8 && (opcode > 10 || !fin || bytes > 125)) return fail(1002);
    if (opcode < 8 && message_.size() + bytes > message_bytes_max_) return fail(1009);
    const std::string_view mask = rest_.substr(header - 4, 4);
    rest_.remove_prefix(header);
    std::string payload(rest_.substr(0, bytes));
    rest_.remove_prefix(payload.size());
    for (std::size_t i = 0; i < payload.size(); ++i) {
      payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
    }
    over_ = payload.size() < bytes;
    if (opcode < 8) {
      data(opcode, fin, payload);
    } else if (!over_) {
      control(opcode, payload);
    }
  }

  void data(unsigned opcode, bool fin, const std::string& payload) {
    if (opcode != 0) text_ = opcode == 1;
    in_message_ = true;
    message_ += payload;
    const bool whole = fin && !over_;
    if (text_ && !is_plain_utf8(message_, !whole)) return fail(1007);
    if (!whole) return;
    heard_ += entry(text_ ? 't' : 'b', message_);
    message_.clear();
    in_message_ = false;
  }

  void control(unsigned opcode, const std::string& payload) {
    if (opcode != 8) {
      heard_ += opcode == 9 ? entry('p', payload) : entry('q', {});
      return;
    }
    const auto byte = [&payload](std::size_t i) { return static_cast<unsigned char>(payload[i]); };
    const unsigned code = payload.size() < 2 ? 0 : byte(0) * 256U + byte(1);
    if (payload.size() == 1 || (!payload.empty() && !is_close_code(code))) return fail(1002);
    const std::string reason = payload.empty() ? "" : payload.substr(2);
    if (!is_plain_utf8(reason, false)) return fail(1007);
    heard_ += entry('c', std::to_string(code) + ' ' + reason);
    over_ = true;
  }

  void fail(unsigned code) { fault_ = code; }

  std::string_view rest_;
  std::size_t message_bytes_max_;
  std::string heard_;
  std::string message_;
  unsigned fault_ = 0;
  bool over_ = false;
  bool in_message_ = false;
  bool text_ = false;
};

inline std::pair<std::string, unsigned> decode_slowly(std::string_view sent,
                                                      std::size_t message_bytes_max) {
  return FrameModel(sent, message_bytes_max).run();
}

}  // namespace seshdb::testing
