// Each reader parses just enough of its protocol to find the end of an answer.
#include "load/wire.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <stdexcept>

namespace seshdb::bench {

namespace {

std::size_t number_at(std::string_view text) {
  std::size_t number = 0;
  const auto [behind, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) throw std::runtime_error("the server's answer has no number");
  return number;
}

// The host and the key, as lines of a header.
std::string common_lines(const Options& options) {
  std::string lines = "Host: " + options.host + ':' + std::to_string(options.port) + "\r\n";
  if (!options.key.empty()) lines += "Authorization: Bearer " + options.key + "\r\n";
  return lines;
}

// RFC 6455. A client masks its frames, each with a new random mask.
class WebSocketWire final : public Wire {
 public:
  WebSocketWire(const Options& options, std::uint64_t seed)
      : greeting_(
            "GET / HTTP/1.1\r\n" + common_lines(options) +
            "Upgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"),
        mask_(seed) {}

  [[nodiscard]] std::string_view greeting() const override { return greeting_; }
  [[nodiscard]] std::string_view greeting_end() const override { return "\r\n\r\n"; }

  void append(std::string_view text, Buffer& out) override { append_frame(kText, text, out); }

  [[nodiscard]] std::optional<Answer> take(std::string_view data, Buffer& out) override {
    if (data.size() < 2) return std::nullopt;
    const auto byte = [&data](std::size_t i) { return static_cast<unsigned char>(data[i]); };
    std::size_t header = 2;
    std::size_t bytes = byte(1);
    if (bytes >= 126) {
      const std::size_t more = bytes == 126 ? 2 : 8;
      if (data.size() < 2 + more) return std::nullopt;
      bytes = 0;
      for (std::size_t i = 0; i < more; ++i) bytes = bytes << 8U | byte(2 + i);
      header += more;
    }
    if (data.size() < header + bytes) return std::nullopt;
    const std::string_view text = data.substr(header, bytes);
    if (byte(0) == kText) return Answer{text, header + bytes};
    if (byte(0) != kPing) throw std::runtime_error("the server sent a frame that is no text");
    append_frame(kPong, text, out);
    return Answer{text, header + bytes, false};
  }

 private:
  // The first bytes of whole messages.
  static constexpr unsigned char kText = 0x81;
  static constexpr unsigned char kPing = 0x89;
  static constexpr unsigned char kPong = 0x8A;

  void append_frame(unsigned char first, std::string_view text, Buffer& out) {
    char* to = out.reserve(kHeaderBytesMax + text.size() + sizeof(std::uint64_t));
    std::size_t header = 2;
    to[0] = static_cast<char>(first);
    if (text.size() < 126) {
      to[1] = static_cast<char>(0x80U | text.size());
    } else {
      const std::size_t bytes = text.size() <= UINT16_MAX ? 2 : 8;
      to[1] = static_cast<char>(0x80U | (bytes == 2 ? 126U : 127U));
      for (std::size_t i = 0; i < bytes; ++i) {
        to[2 + i] = static_cast<char>(text.size() >> (8 * (bytes - 1 - i)) & 0xFFU);
      }
      header += bytes;
    }
    mask_ = mask_ * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    const std::uint64_t half = mask_ >> 32U;
    const std::uint64_t mask = half << 32U | half;
    std::memcpy(to + header, &mask, 4);
    header += 4;
    for (std::size_t i = 0; i < text.size(); i += sizeof(mask)) {
      std::uint64_t word = 0;
      std::memcpy(&word, text.data() + i, std::min(sizeof(word), text.size() - i));
      word ^= mask;
      std::memcpy(to + header + i, &word, sizeof(word));
    }
    out.commit(header + text.size());
  }

  static constexpr std::size_t kHeaderBytesMax = 14;
  const std::string greeting_;
  std::uint64_t mask_;
};

class HttpWire : public Wire {
 public:
  explicit HttpWire(const Options& options)
      : head_("POST / HTTP/1.1\r\n" + common_lines(options) +
              "Content-Type: application/json\r\nContent-Length: ") {}

  [[nodiscard]] std::string_view greeting() const override { return {}; }
  [[nodiscard]] std::string_view greeting_end() const override { return {}; }

  void append(std::string_view text, Buffer& out) override {
    out.append(head_);
    out.append_number(text.size());
    out.append("\r\n\r\n");
    out.append(text);
  }

  [[nodiscard]] std::optional<Answer> take(std::string_view data, Buffer& /*out*/) override {
    const std::size_t end = data.find("\r\n\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view head = data.substr(0, end);
    const std::string_view first_line = head.substr(0, head.find('\r'));
    if (!head.starts_with("HTTP/1.1 200")) {
      throw std::runtime_error("the server said " + std::string(first_line));
    }
    std::size_t length = head.find("\r\nContent-Length: ");
    if (length == std::string_view::npos) length = head.find("\r\ncontent-length: ");
    if (length == std::string_view::npos) {
      throw std::runtime_error("the server gave no Content-Length with its answer");
    }
    const std::size_t bytes = number_at(head.substr(length + kLengthBytes));
    if (data.size() < end + 4 + bytes) return std::nullopt;
    return Answer{data.substr(end + 4, bytes), end + 4 + bytes};
  }

 private:
  static constexpr std::size_t kLengthBytes = std::string_view("\r\nContent-Length: ").size();

  const std::string head_;  // up to the length
};

// The same GET each time.
class StaticWire final : public HttpWire {
 public:
  explicit StaticWire(const Options& options)
      : HttpWire(options),
        request_("GET " + options.path + " HTTP/1.1\r\n" + common_lines(options) + "\r\n") {}

  void append(std::string_view /*text*/, Buffer& out) override { out.append(request_); }

 private:
  std::string request_;
};

// RESP 2. The requests already have their framing (resp_requests.h).
class RespWire final : public Wire {
 public:
  [[nodiscard]] std::string_view greeting() const override { return {}; }
  [[nodiscard]] std::string_view greeting_end() const override { return {}; }

  void append(std::string_view text, Buffer& out) override { out.append(text); }

  // An error (-...) is a valid answer; the workload counts it as an error.
  [[nodiscard]] std::optional<Answer> take(std::string_view data, Buffer& /*out*/) override {
    const std::size_t end = data.find("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    if (data[0] != '$' || data[1] == '-') return Answer{data.substr(0, end), end + 2};
    const std::size_t bytes = number_at(data.substr(1));
    if (data.size() < end + 4 + bytes) return std::nullopt;
    return Answer{data.substr(end + 2, bytes), end + 4 + bytes};
  }
};

}  // namespace

std::unique_ptr<Wire> make_wire(const Options& options, std::uint64_t seed) {
  switch (options.protocol) {
    case Protocol::kHttp:
      return std::make_unique<HttpWire>(options);
    case Protocol::kHttpStatic:
      return std::make_unique<StaticWire>(options);
    case Protocol::kRedis:
    case Protocol::kValkeyJson:
      return std::make_unique<RespWire>();
    case Protocol::kWebSocket:
      break;
  }
  return std::make_unique<WebSocketWire>(options, seed);
}

}  // namespace seshdb::bench
