// The client's frames, and the server's side of a request.
#include "micro/one_connection.h"

#include <sys/socket.h>

#include <array>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

#include "base/limits.h"
#include "commands/prefetch.h"

namespace seshdb::micro {

namespace {

// fin:1 rsv:3 opcode:4 | mask:1 length:7 | length:16, from 126 bytes on | mask:32 | payload
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

OneConnection::OneConnection(OneCore& core)
    : core_(core),
      settings_{.clock = core.context().core.clock,
                .message_bytes_max = limits::kMessageBytesDefault,
                .unsent_bytes_max = limits::kUnsentBytesDefault,
                .push_bytes_max = limits::kUnsentBytesDefault,
                .handshake_ms = limits::kHandshakeMsDefault,
                .idle_ping_ms = limits::kIdlePingMsDefault,
                .idle_close_ms = limits::kIdleCloseMsDefault,
                .origins = {}},
      scratch_(limits::kReadBytes) {
  for (std::size_t i = 0; i < kWindow; ++i) {
    window_.push_back({protocol::EnvelopeReader(limits::kDepthDefault), {}});
  }
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) != 0) {
    throw std::runtime_error("no pair of sockets");
  }
  client_ = Descriptor(ends[0]);
  net::RequestHandler& handler = *this;
  connection_ = std::make_unique<net::Connection>(
      1, std::make_unique<net::SocketTransport>(Descriptor(ends[1])), settings_, handler, pools_,
      core.context().turn.now_ms);
  open();
}

void OneConnection::open() {
  to_send_.append(
      "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c2VzaGRiLWNvdW50LTAwMQ==\r\n\r\n");
  send();
  serve();
  if (receive().find(" 101 ") == std::string_view::npos) {
    throw std::runtime_error("the handshake failed");
  }
}

void OneConnection::write(std::string_view request) {
  append_masked(request, masks_.next(), to_send_);
}

void OneConnection::send() {
  const ssize_t sent = ::send(client_.fd(), to_send_.data(), to_send_.size(), MSG_NOSIGNAL);
  if (sent < 0 || static_cast<std::size_t>(sent) != to_send_.size()) {
    throw std::runtime_error("the socket does not take all requests at once");
  }
  to_send_.clear();
}

void OneConnection::serve() {
  connection_->read(scratch_.data(), scratch_.size(), core_.context().turn.now_ms);
  connection_->flush(core_.context().turn.now_ms);
}

std::string_view OneConnection::receive() {
  received_.clear();
  for (;;) {
    char* const to = received_.reserve(limits::kReadBytes);
    const ssize_t got = recv(client_.fd(), to, limits::kReadBytes, 0);
    if (got <= 0) {
      return received_.view();
    }
    received_.commit(static_cast<std::size_t>(got));
  }
}

void OneConnection::on_request(net::Connection& connection, std::string_view text) {
  Pending& pending = window_[window_size_];
  refused_.clear();
  pending.plan = core_.executor().plan(pending.reader.read(text), refused_);
  if (pending.plan.kind != commands::Plan::Kind::kOwner) {
    throw std::runtime_error("refused: " + std::string(refused_.view()));
  }
  core_.store().prefetch(pending.plan.call.token);
  if (++window_size_ == kWindow) {
    run_requests(connection);
  }
}

void OneConnection::run_requests(net::Connection& connection) {
  const std::span<const Pending> window(window_.data(), std::exchange(window_size_, 0));
  if (window.size() > 1) {
    std::array<const commands::Call*, kWindow> calls{};
    std::size_t count = 0;
    for (const Pending& pending : window) {
      calls[count++] = &pending.plan.call;
    }
    commands::prefetch_keys(core_.store(), {calls.data(), count});
  }
  for (const Pending& pending : window) {
    Buffer& out = connection.begin_answer();
    connection.end_answer(core_.executor().execute(pending.plan.call, out));
  }
}

void OneConnection::on_no_text(net::Connection& /*connection*/, NoText /*why*/) {
  throw std::runtime_error("a request is a text message");
}

}  // namespace seshdb::micro
