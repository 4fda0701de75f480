// The system calls behind SocketTransport.
#include "net/transport.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>

namespace seshdb::net {

namespace {

Transport::Io failure(std::size_t bytes) {
  const bool blocked = errno == EAGAIN || errno == EWOULDBLOCK;
  return {bytes, blocked ? Transport::State::kBlocked : Transport::State::kFailed};
}

}  // namespace

Transport::Io SocketTransport::read(char* to, std::size_t bytes) {
  for (;;) {
    const ssize_t got = recv(socket_.fd(), to, bytes, 0);
    if (got > 0) return {static_cast<std::size_t>(got), State::kDone};
    if (got == 0) return {0, State::kEnded};
    if (errno != EINTR) return failure(0);
  }
}

Transport::Io SocketTransport::write(std::string_view bytes) {
  for (;;) {
    const ssize_t sent = send(socket_.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      const auto written = static_cast<std::size_t>(sent);
      return {written, written == bytes.size() ? State::kDone : State::kBlocked};
    }
    if (errno != EINTR) return failure(0);
  }
}

Transport::State SocketTransport::end_output() {
  return shutdown(socket_.fd(), SHUT_WR) == 0 ? State::kDone : State::kFailed;
}

std::size_t SocketTransport::readable_bytes() const {
  int bytes = 0;
  return ioctl(socket_.fd(), FIONREAD, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
}

}  // namespace seshdb::net
