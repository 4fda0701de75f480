// Sockets, frames and heads in the simplest form.
#include "support/socket_client.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace seshdb::testing {

namespace {
constexpr int kDeadlineMs = 10'000;
constexpr std::size_t kReadBytes = 65'536;
}  // namespace

bool tls_of_environment() { return std::getenv("SESHDB_TEST_TLS") != nullptr; }

SocketClient::SocketClient(std::uint16_t port) : SocketClient(port, Plain()) {
  if (tls_of_environment()) begin_tls({});
}

SocketClient::SocketClient(std::uint16_t port, const TlsClientSettings& settings)
    : SocketClient(port, Plain()) {
  begin_tls(settings);
}

SocketClient::SocketClient(std::uint16_t port, Plain /*plain*/)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd_ < 0 || connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    throw std::runtime_error("cannot connect");
  }
}

SocketClient::~SocketClient() {
  if (fd_ >= 0) close(fd_);
}

SocketClient::SocketClient(SocketClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      tls_(std::move(other.tls_)),
      received_(std::move(other.received_)) {}

void SocketClient::begin_tls(const TlsClientSettings& settings) {
  tls_ = std::make_unique<TlsPeer>(settings);
  for (;;) {
    const bool is_done = tls_->handshake();
    (void)send_plain(tls_->take_output());
    if (is_done) return;
    if (!tls_->failure().empty() || !fill()) {
      throw std::runtime_error("no TLS: " + tls_->failure());
    }
  }
}

bool SocketClient::send(std::string_view bytes) {
  if (tls_ == nullptr) return send_plain(bytes);
  tls_->write(bytes);
  return tls_->failure().empty() && send_plain(tls_->take_output());
}

bool SocketClient::send_plain(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool SocketClient::fill() {
  pollfd wait{.fd = fd_, .events = POLLIN, .revents = 0};
  if (poll(&wait, 1, kDeadlineMs) != 1) {
    throw std::runtime_error("the server did not answer in time");
  }
  std::array<char, kReadBytes> block{};
  const ssize_t got = recv(fd_, block.data(), block.size(), 0);
  if (got <= 0) return false;
  const std::string_view bytes(block.data(), static_cast<std::size_t>(got));
  if (tls_ == nullptr) {
    received_.append(bytes);
    return true;
  }
  tls_->receive(bytes);
  received_ += tls_->read();
  // What the protocol itself answers; it fails where the server has gone, as a read then shows.
  (void)send_plain(tls_->take_output());
  return tls_->failure().empty();
}

std::string SocketClient::read(std::size_t bytes) {
  while (received_.size() < bytes && fill()) {
  }
  const std::string taken = received_.substr(0, bytes);
  received_.erase(0, bytes);
  return taken;
}

std::string SocketClient::read_until(std::string_view mark) {
  while (received_.find(mark) == std::string::npos && fill()) {
  }
  const std::size_t at = received_.find(mark);
  return read(at == std::string::npos ? received_.size() : at + mark.size());
}

std::optional<std::string> SocketClient::read_to_end() {
  while (fill()) {
  }
  return std::exchange(received_, {});
}

void SocketClient::finish_sending() {
  if (tls_ != nullptr) {
    tls_->close();
    (void)send_plain(tls_->take_output());
  }
  shutdown(fd_, SHUT_WR);
}

void SocketClient::reset() {
  const linger now{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  close(std::exchange(fd_, -1));
}

unsigned Frame::close_code() const {
  if (opcode != 8 || payload.size() < 2) return 0;
  return static_cast<unsigned>(static_cast<unsigned char>(payload[0])) * 256 +
         static_cast<unsigned char>(payload[1]);
}

std::string make_frame(std::string_view payload, FrameShape shape) {
  const std::uint64_t length = shape.length.value_or(payload.size());
  int length_bytes = shape.length_bytes;
  if (length_bytes < 0) length_bytes = length < 126 ? 0 : length < 65'536 ? 2 : 8;
  std::string frame;
  frame += static_cast<char>((shape.fin ? 0x80U : 0U) | shape.reserved << 4U | shape.opcode);
  const auto first = length_bytes == 0   ? static_cast<unsigned>(length)
                     : length_bytes == 2 ? 126U
                                         : 127U;
  frame += static_cast<char>((shape.masked ? 0x80U : 0U) | first);
  for (int i = length_bytes - 1; i >= 0; --i) {
    frame += static_cast<char>(length >> (8 * i) & 0xFFU);
  }
  static constexpr std::string_view kMask = "\x37\xfa\x21\x3d";
  if (shape.masked) frame += kMask;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    frame += shape.masked ? static_cast<char>(payload[i] ^ kMask[i % 4]) : payload[i];
  }
  return frame;
}

WebSocketClient::WebSocketClient(std::uint16_t port) : SocketClient(port) { upgrade(); }

WebSocketClient::WebSocketClient(std::uint16_t port, const TlsClientSettings& settings)
    : SocketClient(port, settings) {
  upgrade();
}

void WebSocketClient::upgrade() {
  send(std::string(kUpgrade) + "\r\n");
  const std::string head = read_until("\r\n\r\n");
  // The key and its answer are those of RFC 6455, section 1.3.
  if (head.find("HTTP/1.1 101 ") != 0 ||
      head.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") == std::string::npos) {
    throw std::runtime_error("no upgrade: " + head);
  }
}

std::optional<Frame> WebSocketClient::read_frame() {
  const std::string head = read(2);
  if (head.size() < 2) return std::nullopt;
  Frame frame;
  frame.fin = (head[0] & 0x80) != 0;
  frame.opcode = static_cast<unsigned>(head[0]) & 0xFU;
  std::uint64_t length = static_cast<unsigned char>(head[1]);
  if (length >= 126) {
    const std::string more = read(length == 126 ? 2 : 8);
    length = 0;
    for (const char c : more) length = length * 256 + static_cast<unsigned char>(c);
  }
  frame.payload = read(length);
  return frame;
}

std::string WebSocketClient::read_text() {
  const std::optional<Frame> frame = read_frame();
  if (!frame || frame->opcode != 1 || !frame->fin) {
    throw std::runtime_error("expected a text message, got " +
                             (frame ? "opcode " + std::to_string(frame->opcode) + " code " +
                                          std::to_string(frame->close_code())
                                    : "the end"));
  }
  return frame->payload;
}

unsigned WebSocketClient::read_close() {
  const std::optional<Frame> frame = read_frame();
  return frame ? frame->close_code() : 0;
}

std::string WebSocketClient::ask(std::string_view text) {
  send_text(text);
  return read_text();
}

HttpAnswer read_http(SocketClient& client) {
  HttpAnswer answer;
  const std::string head = client.read_until("\r\n\r\n");
  if (head.size() < 12) return answer;
  answer.status = std::stoi(head.substr(9, 3));
  for (std::size_t at = head.find("\r\n") + 2; at + 2 < head.size();) {
    const std::size_t end = head.find("\r\n", at);
    const std::size_t colon = head.find(": ", at);
    std::string name = head.substr(at, colon - at);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    answer.headers[name] = head.substr(colon + 2, end - colon - 2);
    at = end + 2;
  }
  if (answer.headers.count("content-length") != 0) {
    answer.body = client.read(std::stoul(answer.headers["content-length"]));
  }
  return answer;
}

std::string token_of(const std::string& made) {
  const std::size_t at = made.find("\"tkn\":\"") + 7;
  return made.substr(at, made.find('"', at) - at);
}

std::string http_post(std::string_view body, std::string_view headers) {
  return "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" +
         std::string(headers) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

}  // namespace seshdb::testing
