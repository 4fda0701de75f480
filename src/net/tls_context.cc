// Files are read here and parsed from memory, so that each error can name its file. What OpenSSL
// does by default and what is changed stands in configure().
#include "net/tls_context.h"

#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>

#include <functional>
#include <iterator>
#include <new>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/whole_file.h"
#include "net/tls_error.h"
#include "net/tls_transport.h"

namespace seshdb::net {

namespace {

// Of one file; a bundle of all public issuers takes about 200 KiB.
constexpr std::size_t kFileBytesMax = std::size_t{4} << 20;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Certificate = std::unique_ptr<X509, FreeCertificate>;

// The content of a file. What held a key is overwritten at the end.
struct FileText {
  FileText() = default;
  FileText(const FileText&) = delete;
  FileText& operator=(const FileText&) = delete;
  ~FileText() { OPENSSL_cleanse(text.data(), text.size()); }

  std::string text;
};

tl::unexpected<std::string> bad_file(const char* option, const std::string& path,
                                     const std::string& reason) {
  return fail(std::string(option) + ": '" + path + "': " + reason);
}

Result<void> read_file(const char* option, const std::string& path, FileText& to) {
  Result<std::string> text = read_whole_file(path, kFileBytesMax);
  if (!text) return bad_file(option, path, text.error());
  if (text->empty()) return bad_file(option, path, "the file is empty");
  to.text = *std::move(text);
  return {};
}

std::unique_ptr<BIO, FreeBio> open_text(const std::string& text) {
  std::unique_ptr<BIO, FreeBio> bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  if (bio == nullptr) throw std::bad_alloc();
  return bio;
}

// No terminal is asked for the password of a key.
int no_password(char* /*to*/, int /*bytes*/, int /*writes*/, void* was_asked) {
  *static_cast<bool*>(was_asked) = true;
  return -1;
}

// Calls take(X509*, index) for each certificate of the text, until it gives false.
Result<void> for_each_certificate(const char* option, const std::string& path,
                                  const std::string& text,
                                  const std::function<bool(X509*, int)>& take) {
  const auto bio = open_text(text);
  for (int index = 0;; ++index) {
    ERR_clear_error();
    const Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (certificate == nullptr) {
      const bool is_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
      if (is_end && index != 0) return {};
      if (is_end) return bad_file(option, path, "there is no certificate in PEM");
      return bad_file(option, path, "a certificate is damaged: " + take_tls_error("no reason"));
    }
    if (!take(certificate.get(), index)) {
      return bad_file(option, path, "a certificate is refused: " + take_tls_error("no reason"));
    }
  }
}

Result<void> use_certificates(SSL_CTX& context, const std::string& path, const std::string& text) {
  return for_each_certificate("tls-cert", path, text, [&context](X509* certificate, int index) {
    return index == 0 ? SSL_CTX_use_certificate(&context, certificate) == 1
                      : SSL_CTX_add1_chain_cert(&context, certificate) == 1;
  });
}

Result<void> use_key(SSL_CTX& context, const std::string& path, const std::string& text) {
  const auto bio = open_text(text);
  bool was_asked = false;
  ERR_clear_error();
  const std::unique_ptr<EVP_PKEY, FreeKey> key(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, &was_asked));
  if (was_asked) return bad_file("tls-key", path, "the key has a password");
  if (key == nullptr) return bad_file("tls-key", path, "there is no private key in PEM");
  if (X509_check_private_key(SSL_CTX_get0_certificate(&context), key.get()) != 1) {
    ERR_clear_error();
    return bad_file("tls-key", path, "the key is not that of the certificate");
  }
  if (SSL_CTX_use_PrivateKey(&context, key.get()) != 1) {
    return bad_file("tls-key", path, "the key is refused: " + take_tls_error("no reason"));
  }
  return {};
}

Result<void> use_client_ca(SSL_CTX& context, const std::string& path, const std::string& text) {
  X509_STORE* const store = SSL_CTX_get_cert_store(&context);
  // An issuer in the file is enough, whoever has issued its own certificate.
  X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
  SSL_CTX_set_verify(&context, SSL_VERIFY_PEER, nullptr);
  return for_each_certificate("tls-client-ca", path, text, [&](X509* certificate, int /*index*/) {
    return X509_STORE_add_cert(store, certificate) == 1 &&
           SSL_CTX_add_client_CA(&context, certificate) == 1;
  });
}

// RFC 7301, section 3.2: a client that offers protocols and not this one is refused.
int select_protocol(SSL* /*ssl*/, const unsigned char** selected, unsigned char* selected_bytes,
                    const unsigned char* offered, unsigned offered_bytes, void* /*argument*/) {
  static constexpr std::string_view kProtocol = "http/1.1";
  std::string_view rest(reinterpret_cast<const char*>(offered), offered_bytes);
  while (!rest.empty()) {
    const std::size_t bytes = static_cast<unsigned char>(rest.front());
    const std::string_view name = rest.substr(1, bytes);
    if (name == kProtocol) {
      *selected = reinterpret_cast<const unsigned char*>(name.data());
      *selected_bytes = static_cast<unsigned char>(name.size());
      return SSL_TLSEXT_ERR_OK;
    }
    rest.remove_prefix(1 + name.size());
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

bool configure(SSL_CTX& context, TlsVersion version_min) {
  const int least = version_min == TlsVersion::kTls13 ? TLS1_3_VERSION : TLS1_2_VERSION;
  SSL_CTX_set_options(&context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                    SSL_OP_CIPHER_SERVER_PREFERENCE |
                                    // Many clients just close; requests tell their own length.
                                    SSL_OP_IGNORE_UNEXPECTED_EOF);
  // A write that is repeated may have more bytes, and the send queue may have moved them. A read
  // stops behind each record that is no data: without end it could go on for ever.
  SSL_CTX_set_mode(&context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                 SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_clear_mode(&context, SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_read_ahead(&context, 1);
  SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_OFF);  // tickets alone
  SSL_CTX_set_alpn_select_cb(&context, select_protocol, nullptr);
  return SSL_CTX_set_min_proto_version(&context, least) == 1 &&
         SSL_CTX_set_max_early_data(&context, 0) == 1 &&
         SSL_CTX_set_cipher_list(&context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1;
}

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

Digest digest_of(std::string_view text) {
  Digest digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

std::string_view view_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

Result<std::shared_ptr<const TlsContext>> TlsContext::load(const TlsSettings& settings) {
  SESHDB_CHECK(settings.is_on());
  FileText certificates;
  FileText key;
  FileText client_ca;
  Result<void> done = read_file("tls-cert", settings.certificate_file, certificates);
  if (done) done = read_file("tls-key", settings.key_file, key);
  const bool has_ca = !settings.client_ca_file.empty();
  if (done && has_ca) done = read_file("tls-client-ca", settings.client_ca_file, client_ca);
  if (!done) return fail(std::move(done.error()));

  std::shared_ptr<TlsContext> made(new TlsContext());
  made->context_.reset(SSL_CTX_new(TLS_server_method()));
  if (made->context_ == nullptr) throw std::bad_alloc();
  SSL_CTX& context = *made->context_;
  if (!configure(context, settings.version_min)) {
    return fail("TLS cannot be configured: " + take_tls_error("no reason"));
  }
  done = use_certificates(context, settings.certificate_file, certificates.text);
  if (done) done = use_key(context, settings.key_file, key.text);
  if (done && has_ca) done = use_client_ca(context, settings.client_ca_file, client_ca.text);
  if (!done) return fail(std::move(done.error()));
  // A session belongs to the issuers that its client certificate was verified with.
  const Digest issuers = digest_of(client_ca.text);
  SESHDB_CHECK(SSL_CTX_set_session_id_context(&context, issuers.data(), issuers.size()) == 1);
  std::string all(view_of(digest_of(certificates.text)));
  all += view_of(digest_of(key.text));
  all += view_of(issuers);
  made->digest_ = digest_of(all);
  return made;
}

std::unique_ptr<Transport> TlsContext::accept(Descriptor socket) const {
  return std::make_unique<TlsTransport>(std::move(socket), *context_);
}

}  // namespace seshdb::net
