// Sockets: an owned descriptor, opening a listener, accepting. Non-blocking throughout.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace seshdb::net {

/// An owned file descriptor, closed at the end of its life.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket();
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] bool open() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

struct Listener {
  Socket socket;
  std::string address;  // as bound, for people: "127.0.0.1:1987", "[::1]:1987"
};

/// Listens on `host` (an address, or a name that resolves to one) and `port` (0: a free one). Gives
/// the listener, or what failed, for people. A port that another process listens on is refused.
[[nodiscard]] std::variant<Listener, std::string> listen_on(const std::string& host,
                                                            std::uint16_t port);

/// The next waiting connection; not open where there is none, with `error` 0 or the errno.
[[nodiscard]] Socket accept_from(const Socket& listener, int& error);

}  // namespace seshdb::net
