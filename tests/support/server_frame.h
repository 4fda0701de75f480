// Frames as a server sends them, and a source of numbers that are the same for the same seed.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "support/random.h"

namespace seshdb::testing {

/// Numbers that are the same for the same seed.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : dice_(seed) {}
  [[nodiscard]] std::uint64_t next() override { return dice_.next(); }

 private:
  Dice dice_;
};

/// A frame as a server sends it: whole, and not masked.
struct ServerFrame {
  unsigned opcode = 0;
  std::string payload;
};
/// Removes the first frame and returns its payload; nothing where it is not whole.
inline std::optional<ServerFrame> take_frame(std::string& from) {
  const auto byte = [&from](std::size_t at) { return static_cast<unsigned char>(from[at]); };
  if (from.size() < 2) return std::nullopt;
  std::size_t head = 2;
  std::size_t bytes = byte(1);
  if (bytes >= 126) {
    const std::size_t more = bytes == 126 ? 2 : 8;
    head += more;
    if (from.size() < head) return std::nullopt;
    bytes = 0;
    for (std::size_t i = 2; i < head; ++i) bytes = bytes << 8U | byte(i);
  }
  if (from.size() < head + bytes) return std::nullopt;
  ServerFrame frame{.opcode = byte(0) & 0xFU, .payload = from.substr(head, bytes)};
  from.erase(0, head + bytes);
  return frame;
}

/// How often a letter is in a text.
inline std::uint64_t count_of(char letter, std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), letter));
}

}  // namespace seshdb::testing
