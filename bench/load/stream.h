// The byte stream of a connection to the server: a TCP socket, or TLS over one.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <string_view>

#include "load/options.h"

struct ssl_ctx_st;
struct ssl_session_st;
struct ssl_st;

namespace seshdb::bench {

/// What all TLS connections of the client share. Its writes to a connection that the server has
/// closed raise no signal.
class TlsClient {
 public:
  /// Throws std::runtime_error if --tls-ca cannot be read.
  explicit TlsClient(const Options& options);

  /// A connection's session, over its socket.
  [[nodiscard]] std::shared_ptr<ssl_st> open(int fd) const;
  /// The newest session that a server has given a ticket for; null: none. It can be resumed.
  [[nodiscard]] std::shared_ptr<ssl_session_st> ticket() const { return *ticket_; }
  /// Lets a connection resume a session. REQUIRES: its handshake has not begun.
  static void resume(ssl_st& ssl, ssl_session_st& ticket);

 private:
  std::shared_ptr<ssl_ctx_st> context_;
  std::shared_ptr<std::shared_ptr<ssl_session_st>> ticket_;
};

/// A TCP socket that is connected to the server; the caller must close it. Throws
/// std::runtime_error if it cannot be.
[[nodiscard]] int connect_socket(const Options& options, bool blocks);

class Stream {
 public:
  Stream() = default;
  /// Connects, and does the handshake if there is a `tls`. Throws std::runtime_error.
  Stream(const Options& options, const TlsClient* tls);
  ~Stream();
  Stream(Stream&& other) noexcept;
  Stream& operator=(Stream&& other) noexcept;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  [[nodiscard]] int fd() const { return fd_; }
  /// As send(2) and recv(2) with MSG_DONTWAIT: -1 with EAGAIN in errno if they would have to wait.
  /// After a receive that fills its room more may be there that poll(2) does not report.
  [[nodiscard]] ssize_t send(std::string_view bytes);
  [[nodiscard]] ssize_t receive(char* to, std::size_t bytes);
  /// Waits until something can be received, or sent.
  void wait(bool to_send) const;

 private:
  [[nodiscard]] ssize_t failure_after(int result);

  int fd_ = -1;
  std::shared_ptr<ssl_st> ssl_;
};

}  // namespace seshdb::bench
