// Writes the client's frames and finds the end of the server's.
#include "micro/client.h"

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <stdexcept>

#include "base/limits.h"

namespace seshdb::micro {

namespace {

// fin:1 rsv:3 opcode:4 | mask:1 length:7 | length:16 for 126 bytes and more | mask:32 | payload
void append_masked(std::string_view payload, std::uint64_t mask, Buffer& out) {
  constexpr std::size_t kLong = 126;
  out.append('\x81');
  if (payload.size() < kLong) {
    out.append(static_cast<char>(0x80U | payload.size()));
  } else {
    out.append('\xFE');
    out.append(static_cast<char>(payload.size() >> 8U));
    out.append(static_cast<char>(payload.size() & 0xFFU));
  }
  const auto key = [mask](std::size_t i) { return static_cast<char>(mask >> (8U * (i % 4))); };
  for (std::size_t i = 0; i < 4; ++i) {
    out.append(key(i));
  }
  for (std::size_t i = 0; i < payload.size(); ++i) {
    out.append(static_cast<char>(payload[i] ^ key(i)));
  }
}

}  // namespace

Client::Client(OneCore& core) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) != 0) {
    throw std::runtime_error("no pair of sockets");
  }
  socket_ = Descriptor(ends[0]);
  core.add_client(Descriptor(ends[1]));
  open(core);
}

void Client::open(OneCore& core) {
  to_send_.append(
      "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c2VzaGRiLWNvdW50LTAwMQ==\r\n\r\n");
  send();
  core.turn();
  if (receive().find(" 101 ") == std::string_view::npos) {
    throw std::runtime_error("the handshake failed");
  }
}

void Client::write(std::string_view request) { append_masked(request, masks_.next(), to_send_); }

void Client::send() {
  const ssize_t sent = ::send(socket_.fd(), to_send_.data(), to_send_.size(), MSG_NOSIGNAL);
  if (sent < 0 || static_cast<std::size_t>(sent) != to_send_.size()) {
    throw std::runtime_error("the socket does not take all requests at once");
  }
  to_send_.clear();
}

std::string_view Client::receive() {
  received_.clear();
  for (;;) {
    char* const to = received_.reserve(limits::kReadBytes);
    const ssize_t got = recv(socket_.fd(), to, limits::kReadBytes, 0);
    if (got <= 0) {
      return received_.view();
    }
    received_.commit(static_cast<std::size_t>(got));
  }
}

}  // namespace seshdb::micro
