// What all TLS connections of a server share: its certificate and key, the versions and ciphers
// that it allows, and whose client certificates it accepts. It is made from files, and does not
// change: other files make another context.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "base/descriptor.h"
#include "base/result.h"
#include "net/transport.h"

struct ssl_ctx_st;

namespace seshdb::net {

enum class TlsVersion : std::uint8_t { kTls12, kTls13 };

/// The files are in PEM (RFC 7468).
struct TlsSettings {
  std::string certificate_file;  // the server's certificate, then those of its issuers
  std::string key_file;          // its private key, without a password
  std::string client_ca_file;    // the issuers of client certificates; empty: none is asked for
  TlsVersion version_min = TlsVersion::kTls12;

  [[nodiscard]] bool is_on() const { return !certificate_file.empty(); }
};

/// Any thread may use it.
///
/// TLS 1.2 has only ciphers with forward secrecy and authenticated encryption. There is no
/// renegotiation, no compression and no early data. The only protocol of ALPN (RFC 7301) is
/// http/1.1. Sessions are resumed by tickets of this context alone (RFC 5077; RFC 8446, section
/// 4.6.1), which any connection of it takes. A client certificate is optional; one that is shown
/// and not valid ends the handshake.
class TlsContext {
 public:
  /// The error names the file, and says what is wrong with it. REQUIRES: settings.is_on().
  [[nodiscard]] static Result<std::shared_ptr<const TlsContext>> load(const TlsSettings& settings);

  /// The server's side of TLS over a non-blocking socket. It may outlive the context. Throws
  /// std::bad_alloc where there is no memory.
  [[nodiscard]] std::unique_ptr<Transport> accept(Descriptor socket) const;
  /// Was the other context made from the same content of files?
  [[nodiscard]] bool is_same(const TlsContext& other) const { return digest_ == other.digest_; }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };

  TlsContext() = default;

  std::unique_ptr<ssl_ctx_st, Free> context_;
  std::array<unsigned char, 32> digest_{};  // SHA-256 of the files
};

}  // namespace seshdb::net
