// Accepting clients, and refusing those above a limit.
#include "core/acceptor.h"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/logging.h"
#include "net/http.h"
#include "net/socket.h"

namespace seshdb::core {

namespace {

// Bounds the time that the events of connections wait.
constexpr int kAcceptsPerTurn = 64;

Descriptor open_spare() { return Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC)); }

}  // namespace

// What the client has sent is read first: closing a socket with unread bytes resets the connection
// (RFC 1122, 4.2.2.13), and the client may never see the answer.
void refuse_client(net::Transport& client, std::int64_t unix_ms) {
  std::array<char, 4096> ignored;
  constexpr int kReadsMost = 4;
  for (int i = 0; i < kReadsMost && client.read(ignored.data(), ignored.size()).bytes > 0; ++i) {
  }
  Buffer no_room;
  net::append_http_answer({.status = 503, .unix_ms = unix_ms, .keep_alive = false}, {}, no_room);
  (void)client.write(no_room.view());
  (void)client.end_output();
}

Acceptor::Acceptor(Shared& shared, Published& published, net::Poller& poller, std::uint64_t tag,
                   Exchange& exchange, Descriptor listener, std::function<void(Descriptor)> add)
    : shared_(shared),
      published_(published),
      poller_(poller),
      tag_(tag),
      exchange_(exchange),
      listener_(std::move(listener)),
      add_(std::move(add)) {
  if (listener_.open()) error_ = listen();
}

int Acceptor::listen() {
  const int error = listening_ ? 0 : poller_.add(listener_.fd(), tag_, true, false);
  listening_ = error == 0;
  if (!spare_.open()) spare_ = open_spare();
  return error;
}

// While nothing can be accepted, the poller would report the listener as ready in every turn.
void Acceptor::pause() {
  if (listening_) poller_.remove(listener_.fd());
  listening_ = false;
}

bool Acceptor::accept_some() {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    Descriptor socket;
    const int error = net::accept_from(listener_, socket);
    if (socket.open()) {
      deal_out(std::move(socket));
    } else if (error == 0) {
      return false;
    } else if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) {
      if (refuse_with_spare()) continue;
      logging::error("cannot accept a connection; trying again with the next tick",
                     {{"error", std::strerror(error)}});
      pause();
      return false;
    }
  }
  return true;
}

// Refuses a client that no transport was made for. Nothing can be said to one that begins with TLS
// but with a handshake, which would cost more than the client may.
void Acceptor::refuse(Descriptor socket) {
  published_.refused.add();
  if (shared_.speaks_tls) return;
  net::SocketTransport client(std::move(socket));
  refuse_client(client, shared_.clock.unix_ms());
}

// Closes the spare descriptor, accepts one client in its place and refuses it, so that the
// client does not wait in the backlog. False where that fails too.
bool Acceptor::refuse_with_spare() {
  spare_ = Descriptor();
  Descriptor socket;
  (void)net::accept_from(listener_, socket);
  const bool accepted = socket.open();
  if (accepted) {
    refuse(std::move(socket));
    ++refused_descriptors_;
  }
  spare_ = open_spare();
  return accepted;
}

void Acceptor::deal_out(Descriptor socket) {
  if (shared_.connection_count.fetch_add(1) >= shared_.connections_max) {
    shared_.connection_count.fetch_sub(1);
    ++refused_connections_;
    refuse(std::move(socket));
    return;
  }
  published_.accepted.add();
  const auto core = static_cast<std::uint32_t>(accepted_++ % shared_.mailboxes.size());
  if (core == 0) {
    add_(std::move(socket));
  } else {
    exchange_.calls_to(core).add(std::move(socket));
  }
}

void Acceptor::tick() {
  if (const std::uint64_t refused = std::exchange(refused_connections_, 0); refused != 0) {
    logging::warn("refused connections: there are as many as allowed",
                  {{"refused", refused}, {"connections_max", shared_.connections_max}});
  }
  if (const std::uint64_t refused = std::exchange(refused_descriptors_, 0); refused != 0) {
    logging::error(
        "refused connections: there are no descriptors left; see the limit on open files",
        {{"refused", refused}});
  }
  if (listener_.open()) (void)listen();
}

void Acceptor::stop() {
  if (!listener_.open()) return;
  for (std::uint32_t n = 0; n < shared_.connections_max && accept_some(); n += kAcceptsPerTurn) {
  }
  listener_ = Descriptor();
  listening_ = false;
}

}  // namespace seshdb::core
