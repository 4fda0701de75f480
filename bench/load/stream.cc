// Sockets by system calls, TLS by OpenSSL.
#include "load/stream.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

namespace seshdb::bench {

namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

[[noreturn]] void fail_tls(const std::string& what) {
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  throw std::runtime_error(what + ": " + (reason != nullptr ? reason : "the server has closed"));
}

// Copies are kept and used: OpenSSL forbids a session to be resumed once its connection has ended
// without a goodbye.
int keep_ticket(SSL* ssl, SSL_SESSION* session) {
  auto* const ticket =
      static_cast<std::shared_ptr<SSL_SESSION>*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  ticket->reset(SSL_SESSION_dup(session), SSL_SESSION_free);
  return 0;
}

}  // namespace

TlsClient::TlsClient(const Options& options)
    : context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free),
      ticket_(std::make_shared<std::shared_ptr<SSL_SESSION>>()) {
  std::signal(SIGPIPE, SIG_IGN);
  SSL_CTX_set_mode(context_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                       SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                       SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_app_data(context_.get(), ticket_.get());
  SSL_CTX_set_session_cache_mode(context_.get(),
                                 SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context_.get(), keep_ticket);
  if (options.tls_ca.empty()) return;
  SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
  if (SSL_CTX_load_verify_file(context_.get(), options.tls_ca.c_str()) != 1) {
    fail_tls("--tls-ca: '" + options.tls_ca + "' is no file of certificates in PEM");
  }
}

std::shared_ptr<ssl_st> TlsClient::open(int fd) const {
  std::shared_ptr<ssl_st> ssl(SSL_new(context_.get()), SSL_free);
  if (ssl == nullptr || SSL_set_fd(ssl.get(), fd) != 1) fail_tls("no TLS");
  SSL_set_connect_state(ssl.get());
  return ssl;
}

void TlsClient::resume(ssl_st& ssl, ssl_session_st& ticket) {
  SSL_SESSION* const copy = SSL_SESSION_dup(&ticket);
  SSL_set_session(&ssl, copy);
  SSL_SESSION_free(copy);
}

int connect_socket(const Options& options, bool blocks) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(options.port);
  if (inet_pton(AF_INET, options.host.c_str(), &address.sin_addr) != 1) {
    throw std::runtime_error("--host takes an IPv4 address, not '" + options.host + "'");
  }
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | (blocks ? 0 : SOCK_NONBLOCK), 0);
  if (fd < 0) fail("cannot make a socket");
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 &&
      errno != EINPROGRESS) {
    close(fd);
    fail("cannot connect to " + options.host + ':' + std::to_string(options.port));
  }
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return fd;
}

Stream::Stream(const Options& options, const TlsClient* tls)
    : fd_(connect_socket(options, tls == nullptr)) {
  if (tls == nullptr) return;
  ssl_ = tls->open(fd_);
  for (;;) {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    if (result == 1) return;
    const int error = SSL_get_error(ssl_.get(), result);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
      close(std::exchange(fd_, -1));
      fail_tls("the TLS handshake failed");
    }
    wait(error == SSL_ERROR_WANT_WRITE);
  }
}

Stream::~Stream() {
  if (fd_ >= 0) close(fd_);
}

Stream::Stream(Stream&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), ssl_(std::move(other.ssl_)) {}

Stream& Stream::operator=(Stream&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(ssl_, other.ssl_);
  return *this;
}

void Stream::wait(bool to_send) const {
  constexpr int kPatienceMs = 10'000;
  pollfd ready{.fd = fd_, .events = static_cast<short>(to_send ? POLLOUT : POLLIN), .revents = 0};
  if (poll(&ready, 1, kPatienceMs) == 0) {
    throw std::runtime_error("the server has not answered for 10 seconds");
  }
}

// What recv and send would give.
ssize_t Stream::failure_after(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      errno = EAGAIN;
      return -1;
    case SSL_ERROR_ZERO_RETURN:
      return 0;
    default:
      errno = ECONNRESET;
      return -1;
  }
}

ssize_t Stream::send(std::string_view bytes) {
  if (ssl_ == nullptr) {
    return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  ERR_clear_error();
  std::size_t sent = 0;
  const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent);
  return result == 1 ? static_cast<ssize_t>(sent) : failure_after(result);
}

ssize_t Stream::receive(char* to, std::size_t bytes) {
  if (ssl_ == nullptr) return recv(fd_, to, bytes, MSG_DONTWAIT);
  std::size_t all = 0;
  while (all < bytes) {
    ERR_clear_error();
    std::size_t got = 0;
    const int result = SSL_read_ex(ssl_.get(), to + all, bytes - all, &got);
    if (result != 1) return all != 0 ? static_cast<ssize_t>(all) : failure_after(result);
    all += got;
  }
  return static_cast<ssize_t>(all);
}

}  // namespace seshdb::bench
