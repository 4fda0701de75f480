// The system calls behind sockets.
#include "net/socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace seshdb::net {

namespace {

// As long as the kernel allows: ten thousand clients may connect at the same time.
constexpr int kBacklog = 65'535;

std::string address_text(int fd) {
  sockaddr_storage address{};
  socklen_t bytes = sizeof(address);
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &bytes) != 0 ||
      getnameinfo(reinterpret_cast<sockaddr*>(&address), bytes, host.data(), host.size(),
                  port.data(), port.size(), NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return "?";
  }
  const bool v6 = address.ss_family == AF_INET6;
  return (v6 ? "[" : "") + std::string(host.data()) + (v6 ? "]:" : ":") + port.data();
}

// Binds `socket` and listens. Returns 0 or an errno.
int bind_to(const addrinfo& address, Descriptor& socket) {
  socket = Descriptor(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.open()) return errno;
  const int on = 1;
  // A restarted server can use its port again at once. Not SO_REUSEPORT: two servers could then
  // listen on the same port.
  setsockopt(socket.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (address.ai_family == AF_INET6) {
    const int off = 0;  // "::" takes IPv4 as well
    setsockopt(socket.fd(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
  }
  if (bind(socket.fd(), address.ai_addr, address.ai_addrlen) != 0) return errno;
  return ::listen(socket.fd(), kBacklog) != 0 ? errno : 0;
}

}  // namespace

Result<Listener> listen_on(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string what = "cannot listen on " + host + " port " + std::to_string(port) + ": ";
  if (const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
      error != 0) {
    return fail(what + gai_strerror(error));
  }
  Listener listener;
  int error = 0;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    error = bind_to(*at, listener.socket);
    if (error == 0) break;
  }
  freeaddrinfo(found);
  if (error == EADDRINUSE) return fail(what + "the port is in use by another program");
  if (error != 0) return fail(what + std::strerror(error));
  listener.address = address_text(listener.socket.fd());
  return listener;
}

int accept_from(const Descriptor& listener, Descriptor& socket) {
  const int fd = accept4(listener.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  const int error = fd >= 0 || errno == EAGAIN || errno == EWOULDBLOCK ? 0 : errno;
  socket = Descriptor(fd);
  if (!socket.open()) return error;
  const int on = 1;  // the server collects answers itself; Nagle's algorithm would delay them
  setsockopt(socket.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return 0;
}

Address peer_of(int fd) {
  sockaddr_storage address{};
  socklen_t bytes = sizeof(address);
  const bool known = getpeername(fd, reinterpret_cast<sockaddr*>(&address), &bytes) == 0;
  return known ? address_from(address) : Address();
}

}  // namespace seshdb::net
