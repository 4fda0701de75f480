// Both ends of TLS over a socket pair: the server's transport, and a client whose bytes the test
// moves. Nothing blocks.
#pragma once

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "base/descriptor.h"
#include "net/tls_context.h"
#include "net/transport.h"
#include "support/tls_peer.h"

namespace seshdb::testing {

inline std::shared_ptr<const net::TlsContext> load_context(const net::TlsSettings& settings) {
  auto context = net::TlsContext::load(settings);
  if (!context) throw std::runtime_error(context.error());
  return *std::move(context);
}

class TlsPair {
 public:
  using State = net::Transport::State;

  explicit TlsPair(const net::TlsContext& context, const TlsClientSettings& settings = {})
      : peer(settings) {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) != 0) {
      throw std::runtime_error("no socket pair");
    }
    server = context.accept(Descriptor(ends[0]));
    client = Descriptor(ends[1]);
  }

  /// Over ends of a socket pair that exist already.
  TlsPair(std::unique_ptr<net::Transport> transport, Descriptor other,
          const TlsClientSettings& settings = {})
      : peer(settings), server(std::move(transport)), client(std::move(other)) {}

  /// Sends what the client has to say, `most` bytes at a time, and calls `between` after each.
  template <typename Between>
  void deliver(std::size_t most, Between between) {
    for (std::string all = peer.take_output(); !all.empty();) {
      const ssize_t sent = send(client.fd(), all.data(), std::min(most, all.size()), MSG_NOSIGNAL);
      if (sent <= 0) throw std::runtime_error("the client cannot send");
      all.erase(0, static_cast<std::size_t>(sent));
      between();
    }
  }
  void deliver() {
    deliver(SIZE_MAX, [] {});
  }
  /// Gives the client what the server has sent, `most` bytes at most. False if that is nothing.
  bool fetch(std::size_t most = 65'536) {
    std::string block(most, '\0');
    const ssize_t got = recv(client.fd(), block.data(), block.size(), 0);
    if (got == 0) is_ended = true;
    if (got <= 0) return false;
    peer.receive(std::string_view(block.data(), static_cast<std::size_t>(got)));
    return true;
  }
  /// One step of the server's handshake, where it is not complete.
  State step() {
    if (server->in_handshake()) state = server->handshake().state;
    return state;
  }
  /// Both handshakes to their ends, with `most` bytes of the client at a time. True if both are
  /// complete.
  bool shake(std::size_t most = SIZE_MAX) {
    constexpr int kRounds = 100;
    bool is_done = false;
    for (int i = 0; i < kRounds && !(is_done && !server->in_handshake()); ++i) {
      is_done = peer.handshake();
      deliver(most, [this] { (void)step(); });
      while (fetch()) {
      }
      if (state == State::kFailed) break;
    }
    (void)peer.read();  // TLS 1.3: takes in the tickets, and alerts
    return is_done && peer.failure().empty() && !server->in_handshake();
  }
  /// All that the server can read now. `last` is what ended it.
  std::string read_server(std::size_t bytes = 65'536) {
    std::string all;
    for (std::string block(bytes, '\0');;) {
      last = server->read(block.data(), block.size());
      all.append(block, 0, last.bytes);
      if (last.state != State::kDone && !last.is_buffered) return all;
    }
  }
  /// The client says `text`, and the server reads.
  std::string say(std::string_view text) {
    peer.write(text);
    deliver();
    return read_server();
  }
  /// The server says `text`, and the client reads.
  std::string answer(std::string_view text) {
    last = server->write(text);
    while (fetch()) {
    }
    return peer.read();
  }

  TlsPeer peer;
  std::unique_ptr<net::Transport> server;
  Descriptor client;
  State state = State::kBlocked;  // of the last step
  net::Transport::Io last;        // of the last read or write
  bool is_ended = false;          // the server has closed its direction
};

}  // namespace seshdb::testing
