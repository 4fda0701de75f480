// The socket below is a BIO of our own: OpenSSL's raises SIGPIPE. OpenSSL reads ahead, as much as
// its buffer takes, so that a record costs one recv; what it holds then is told as `is_buffered`.
#include "net/tls_transport.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <new>
#include <utility>

#include "base/buffer.h"
#include "base/logging.h"
#include "net/http.h"
#include "net/tls_error.h"

namespace seshdb::net {

namespace {

// The most records of one read, so that a client of tiny records does not delay the others.
constexpr int kRecordsPerRead = 256;

TlsTransport::Wire& wire_of(BIO* bio) {
  return *static_cast<TlsTransport::Wire*>(BIO_get_data(bio));
}

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK; }

int read_wire(BIO* bio, char* to, int bytes) {
  TlsTransport::Wire& wire = wire_of(bio);
  BIO_clear_retry_flags(bio);
  ssize_t got = 0;
  do {
    got = recv(wire.socket.fd(), to, static_cast<std::size_t>(bytes), 0);
  } while (got < 0 && errno == EINTR);
  if (got > 0 && wire.first_byte < 0) wire.first_byte = static_cast<unsigned char>(to[0]);
  wire.is_over = wire.is_over || got == 0;
  wire.is_dry = got <= 0;
  if (got < 0 && would_block()) BIO_set_retry_read(bio);
  return static_cast<int>(got);
}

int write_wire(BIO* bio, const char* from, int bytes) {
  BIO_clear_retry_flags(bio);
  ssize_t sent = 0;
  do {
    sent = send(wire_of(bio).socket.fd(), from, static_cast<std::size_t>(bytes), MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0 && would_block()) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

long control_wire(BIO* bio, int command, long /*number*/, void* /*pointer*/) {
  if (command == BIO_CTRL_EOF) return wire_of(bio).is_over ? 1 : 0;
  return command == BIO_CTRL_FLUSH ? 1 : 0;  // nothing is kept here
}

// Null where there is no memory.
BIO_METHOD* make_wire_method() {
  BIO_METHOD* const method =
      BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket without SIGPIPE");
  if (method == nullptr) return nullptr;
  BIO_meth_set_read(method, read_wire);
  BIO_meth_set_write(method, write_wire);
  BIO_meth_set_ctrl(method, control_wire);
  return method;
}

BIO* make_wire_bio(TlsTransport::Wire& wire) {
  static BIO_METHOD* const method = make_wire_method();
  BIO* const bio = method == nullptr ? nullptr : BIO_new(method);
  if (bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, &wire);
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace

void TlsTransport::Free::operator()(ssl_st* ssl) const { SSL_free(ssl); }

TlsTransport::TlsTransport(Descriptor socket, ssl_ctx_st& context)
    : wire_{.socket = std::move(socket)}, ssl_(SSL_new(&context)) {
  if (ssl_ == nullptr) throw std::bad_alloc();
  BIO* const bio = make_wire_bio(wire_);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_accept_state(ssl_.get());
}

TlsTransport::~TlsTransport() = default;

Transport::State TlsTransport::state_after(int result, bool is_read) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return is_read ? State::kBlocked : State::kCrossed;
    case SSL_ERROR_WANT_WRITE:
      return is_read ? State::kCrossed : State::kBlocked;
    case SSL_ERROR_ZERO_RETURN:
      return is_read ? State::kEnded : State::kFailed;
    default:
      is_broken_ = true;
      return State::kFailed;
  }
}

Transport::Io TlsTransport::handshake() {
  if (is_broken_) return {0, State::kFailed};
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    is_open_ = true;
    return {0, State::kDone, SSL_has_pending(ssl_.get()) != 0};
  }
  const State state = state_after(result, true);
  if (state != State::kFailed && state != State::kEnded) return {0, state};
  is_broken_ = true;
  const std::string reason = take_tls_error(wire_.is_over ? "the client has left" : "no reason");
  // What the client has sent is read first, or it may not see the reason: closing a socket with
  // unread bytes resets the connection (RFC 1122, 4.2.2.13).
  std::array<char, 4096> ignored;
  constexpr int kReadsMost = 4;
  for (int i = 0; i < kReadsMost && read_socket(ignored.data(), ignored.size()).bytes > 0; ++i) {
  }
  if (wire_.first_byte >= 0 && wire_.first_byte != SSL3_RT_HANDSHAKE) {
    logging::debug("plain text on a port that speaks TLS");
    answer_plain_text();
  } else {
    logging::debug("a TLS handshake failed", {{"reason", reason}});
  }
  return {0, State::kFailed};
}

void TlsTransport::answer_plain_text() {
  if (wire_.first_byte < 'A' || wire_.first_byte > 'Z') return;  // no HTTP method begins so
  Buffer answer;
  append_http_answer({.status = 400,
                      .content_type = "text/plain; charset=utf-8",
                      .unix_ms = std::int64_t{1'000} * std::time(nullptr),
                      .keep_alive = false},
                     "this port speaks TLS: use https or wss\n", answer);
  (void)send(fd(), answer.data(), answer.size(), MSG_NOSIGNAL);
  (void)shutdown(fd(), SHUT_WR);
}

Transport::Io TlsTransport::read_socket(char* to, std::size_t bytes) {
  ssize_t got = 0;
  do {
    got = recv(fd(), to, bytes, 0);
  } while (got < 0 && errno == EINTR);
  if (got > 0) return {static_cast<std::size_t>(got), State::kDone};
  if (got == 0) return {0, State::kEnded};
  return {0, would_block() ? State::kBlocked : State::kFailed};
}

Transport::Io TlsTransport::read(char* to, std::size_t bytes) {
  if (is_ended_) return read_socket(to, bytes);
  if (!is_open_ || is_broken_) return {0, State::kFailed};
  Io all;
  for (int records = 0; all.bytes < bytes && records < kRecordsPerRead; ++records) {
    ERR_clear_error();
    wire_.is_dry = false;
    std::size_t got = 0;
    const int result = SSL_read_ex(ssl_.get(), to + all.bytes, bytes - all.bytes, &got);
    all.bytes += got;
    if (result == 1) {
      if (SSL_has_pending(ssl_.get()) == 0) return all;
      continue;
    }
    const State state = state_after(result, true);
    // After a record that is no data, such as a key update, the next one may be there already.
    if (state == State::kBlocked && !wire_.is_dry) continue;
    // What stopped it is told by the next read, where this one has bytes.
    if (all.bytes != 0) return {all.bytes, State::kDone, state != State::kBlocked};
    return {0, state};
  }
  const bool is_buffered = SSL_has_pending(ssl_.get()) != 0;
  return {all.bytes, all.bytes != 0 ? State::kDone : State::kBlocked, is_buffered};
}

Transport::Io TlsTransport::write(std::string_view bytes) {
  if (!is_open_ || is_broken_ || is_ended_) return {0, State::kFailed};
  std::size_t total = 0;
  while (total < bytes.size()) {
    ERR_clear_error();
    std::size_t written = 0;
    const int result =
        SSL_write_ex(ssl_.get(), bytes.data() + total, bytes.size() - total, &written);
    if (result != 1) return {total, state_after(result, false)};
    total += written;
  }
  return {total, State::kDone};
}

Transport::State TlsTransport::end_output() {
  if (!is_open_ || is_broken_) return State::kFailed;
  ERR_clear_error();
  const int result = SSL_shutdown(ssl_.get());
  if (result < 0) {
    const State state = state_after(result, false);
    if (state != State::kFailed) return state;
  }
  is_ended_ = true;
  const bool is_shut = shutdown(fd(), SHUT_WR) == 0;
  return result >= 0 && is_shut ? State::kDone : State::kFailed;
}

std::size_t TlsTransport::readable_bytes() const {
  int bytes = 0;
  const bool knows = ioctl(fd(), FIONREAD, &bytes) == 0;
  // What OpenSSL has read ahead is not counted anywhere: one buffer, of one record.
  const std::size_t held = SSL_has_pending(ssl_.get()) != 0 ? SSL3_RT_MAX_PACKET_SIZE : 0;
  return held + (knows ? static_cast<std::size_t>(bytes) : 0);
}

std::vector<std::string> TlsTransport::peer_names() const {
  X509* const peer = is_open_ ? SSL_get0_peer_certificate(ssl_.get()) : nullptr;
  // A resumed session has the certificate of its first handshake, which may have expired since.
  if (peer == nullptr || SSL_get_verify_result(ssl_.get()) != X509_V_OK ||
      X509_cmp_current_time(X509_get0_notAfter(peer)) <= 0) {
    return {};
  }
  auto* const all =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(peer, NID_subject_alt_name, nullptr, nullptr));
  std::vector<std::string> names;
  for (int i = 0; i < sk_GENERAL_NAME_num(all); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(all, i);
    if (name->type != GEN_DNS) continue;
    const auto* const text = reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName));
    names.emplace_back(text, static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
  }
  GENERAL_NAMES_free(all);
  return names;
}

}  // namespace seshdb::net
