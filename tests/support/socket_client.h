// A client for tests that can break every rule: raw bytes, any WebSocket frame, any HTTP. Blocking,
// with a deadline of ten seconds on every wait. Over TLS where the test or SESHDB_TEST_TLS says so.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "support/tls_peer.h"

namespace seshdb::testing {

/// Tests run over TLS where the environment has SESHDB_TEST_TLS: SocketClient and TestServer do.
[[nodiscard]] bool tls_of_environment();
/// The scheme of the server's own pages: "http://" or "https://".
[[nodiscard]] inline std::string own_scheme() {
  return tls_of_environment() ? "https://" : "http://";
}

class SocketClient {
 public:
  explicit SocketClient(std::uint16_t port);
  /// Without TLS, whatever the environment says.
  struct Plain {};
  SocketClient(std::uint16_t port, Plain plain);
  /// Over TLS; throws std::runtime_error where the handshake fails.
  SocketClient(std::uint16_t port, const TlsClientSettings& settings);
  ~SocketClient();
  SocketClient(SocketClient&& other) noexcept;
  SocketClient& operator=(SocketClient&&) = delete;
  SocketClient(const SocketClient&) = delete;
  SocketClient& operator=(const SocketClient&) = delete;

  /// Sends all bytes; false where the server has closed.
  bool send(std::string_view bytes);
  /// The same below TLS.
  bool send_plain(std::string_view bytes);
  /// Reads `bytes` bytes; fewer at the end of the stream or after the deadline.
  std::string read(std::size_t bytes);
  /// Reads up to the end of `mark`.
  std::string read_until(std::string_view mark);
  /// Reads to the end of the stream; nothing where it does not end in time.
  std::optional<std::string> read_to_end();
  void finish_sending();  // FIN
  void reset();           // RST
  [[nodiscard]] int fd() const { return fd_; }
  /// REQUIRES: it speaks TLS.
  [[nodiscard]] TlsPeer& tls() { return *tls_; }

 private:
  void begin_tls(const TlsClientSettings& settings);
  bool fill();
  int fd_ = -1;
  std::unique_ptr<TlsPeer> tls_;
  std::string received_;
};

struct Frame {
  unsigned opcode = 0;
  bool fin = true;
  std::string payload;
  /// Of a close frame; 0 where there is none.
  [[nodiscard]] unsigned close_code() const;
};

/// How a frame is built; the defaults make a valid one.
struct FrameShape {
  unsigned opcode = 1;
  bool fin = true;
  unsigned reserved = 0;
  bool masked = true;
  int length_bytes = -1;                               // 0, 2 or 8; -1: the shortest
  std::optional<std::uint64_t> length = std::nullopt;  // a false one
};
std::string make_frame(std::string_view payload, FrameShape shape = {});

class WebSocketClient : public SocketClient {
 public:
  /// Upgrades; throws std::runtime_error where the server refuses.
  explicit WebSocketClient(std::uint16_t port);
  WebSocketClient(std::uint16_t port, const TlsClientSettings& settings);

  bool send_text(std::string_view text) { return send(make_frame(text)); }
  /// The next frame; nothing at the end of the stream.
  std::optional<Frame> read_frame();
  /// The next text message; throws at any other frame.
  std::string read_text();
  /// The code of the next close frame; 0 where none comes.
  unsigned read_close();
  /// Sends a text and reads a text.
  std::string ask(std::string_view text);

 private:
  void upgrade();
};

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};
/// Reads one answer.
HttpAnswer read_http(SocketClient& client);
/// The token in the answer to SH_NEW.
std::string token_of(const std::string& made);

std::string http_post(std::string_view body, std::string_view headers = "");

inline constexpr std::string_view kUpgrade =
    "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

}  // namespace seshdb::testing
