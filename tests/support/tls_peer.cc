// OpenSSL over two memory BIOs.
#include "support/tls_peer.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <array>
#include <stdexcept>

namespace seshdb::testing {

namespace {

void check(bool is_done, const char* what) {
  if (!is_done) throw std::runtime_error(std::string("the test's TLS client: ") + what);
}

X509* certificate_of(const std::string& pem) {
  BIO* const bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509* const certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  check(certificate != nullptr, "no certificate");
  return certificate;
}

void show(SSL_CTX* context, const Credentials& own) {
  X509* const certificate = certificate_of(own.certificate);
  check(SSL_CTX_use_certificate(context, certificate) == 1, "its certificate");
  X509_free(certificate);
  BIO* const bio = BIO_new_mem_buf(own.key.data(), static_cast<int>(own.key.size()));
  EVP_PKEY* const key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  check(SSL_CTX_use_PrivateKey(context, key) == 1, "its key");
  EVP_PKEY_free(key);
}

void verify_with(SSL_CTX* context, const std::string& authority) {
  X509* const certificate = certificate_of(authority);
  check(X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate) == 1, "an authority");
  X509_free(certificate);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
}

// OpenSSL forbids a session to be resumed once its connection has ended without a goodbye.
TlsTicket copy_of(SSL_SESSION* session) { return {SSL_SESSION_dup(session), SSL_SESSION_free}; }

int keep_ticket(SSL* ssl, SSL_SESSION* session) {
  *static_cast<TlsTicket*>(SSL_get_app_data(ssl)) = copy_of(session);
  return 0;
}

}  // namespace

TlsPeer::TlsPeer(const TlsClientSettings& settings)
    : context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
  SSL_CTX* const context = context_.get();
  if (settings.version != 0) {
    SSL_CTX_set_min_proto_version(context, settings.version);
    SSL_CTX_set_max_proto_version(context, settings.version);
  }
  if (!settings.own.certificate.empty()) show(context, settings.own);
  if (!settings.authority.empty()) verify_with(context, settings.authority);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, keep_ticket);
  ssl_.reset(SSL_new(context), SSL_free);
  SSL* const ssl = ssl_.get();
  SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_app_data(ssl, &ticket_);
  std::string offers;
  for (const std::string& name : settings.alpn) offers += static_cast<char>(name.size()) + name;
  check(offers.empty() ||
            SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(offers.data()),
                                static_cast<unsigned>(offers.size())) == 0,
        "protocols");
  if (settings.ticket) {
    const TlsTicket copy = copy_of(settings.ticket.get());
    check(SSL_set_session(ssl, copy.get()) == 1, "a ticket");
  }
  SSL_set_connect_state(ssl);
}

TlsPeer::~TlsPeer() = default;

void TlsPeer::receive(std::string_view wire) {
  if (wire.empty()) return;
  const int bytes = static_cast<int>(wire.size());
  check(BIO_write(SSL_get_rbio(ssl_.get()), wire.data(), bytes) == bytes, "memory");
}

std::string TlsPeer::take_output() {
  BIO* const bio = SSL_get_wbio(ssl_.get());
  std::string output(BIO_ctrl_pending(bio), '\0');
  if (!output.empty()) (void)BIO_read(bio, output.data(), static_cast<int>(output.size()));
  return output;
}

void TlsPeer::note_failure(int result) {
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ||
      error == SSL_ERROR_ZERO_RETURN || !failure_.empty()) {
    return;
  }
  const char* const reason = ERR_reason_error_string(ERR_peek_error());
  failure_ = reason != nullptr ? reason : "no reason";
}

bool TlsPeer::handshake() {
  if (!failure_.empty()) return false;
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result != 1) note_failure(result);
  return result == 1;
}

void TlsPeer::write(std::string_view text) {
  ERR_clear_error();
  std::size_t written = 0;
  if (text.empty()) return;
  const int result = SSL_write_ex(ssl_.get(), text.data(), text.size(), &written);
  if (result != 1) note_failure(result);
}

std::string TlsPeer::read() {
  std::string text;
  for (std::array<char, 16'384> block{};;) {
    ERR_clear_error();
    std::size_t got = 0;
    const int result = SSL_read_ex(ssl_.get(), block.data(), block.size(), &got);
    if (result != 1) {
      note_failure(result);
      return text;
    }
    text.append(block.data(), got);
  }
}

void TlsPeer::close() {
  ERR_clear_error();
  (void)SSL_shutdown(ssl_.get());
}

void TlsPeer::update_key() {
  check(SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED) == 1, "a key update");
  (void)handshake();
}

void TlsPeer::renegotiate() {
  check(SSL_renegotiate(ssl_.get()) == 1, "a renegotiation");
  (void)handshake();
}

bool TlsPeer::is_closed() const {
  return (static_cast<unsigned>(SSL_get_shutdown(ssl_.get())) & SSL_RECEIVED_SHUTDOWN) != 0;
}

bool TlsPeer::is_resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

int TlsPeer::version() const { return SSL_version(ssl_.get()); }

std::string TlsPeer::alpn() const {
  const unsigned char* name = nullptr;
  unsigned bytes = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &bytes);
  return {reinterpret_cast<const char*>(name), bytes};
}

std::string TlsPeer::server_certificate() const {
  BIO* const bio = BIO_new(BIO_s_mem());
  (void)PEM_write_bio_X509(bio, SSL_get0_peer_certificate(ssl_.get()));
  std::string text(BIO_ctrl_pending(bio), '\0');
  (void)BIO_read(bio, text.data(), static_cast<int>(text.size()));
  BIO_free(bio);
  return text;
}

TlsTicket TlsPeer::ticket() const { return ticket_; }

}  // namespace seshdb::testing
