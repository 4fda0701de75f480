// Certificates for tests, made when they are needed: EC keys on P-256, valid from an hour ago.
#pragma once

#include <memory>
#include <string>

#include "net/tls_context.h"
#include "support/temporary_directory.h"

struct evp_pkey_st;
struct x509_st;

namespace seshdb::testing {

/// A certificate and its private key, in PEM.
struct Credentials {
  std::string certificate;
  std::string key;
};

class Authority {
 public:
  Authority();
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  /// Its own certificate, in PEM.
  [[nodiscard]] const std::string& certificate() const { return pem_; }
  /// A certificate with these alternative names, as OpenSSL's configuration spells them:
  /// "DNS:app.example,IP:127.0.0.1"; none where empty. It ends in `valid_s` seconds.
  [[nodiscard]] Credentials issue(const std::string& names, long valid_s = 3'600) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
  std::string pem_;
};

/// Replaces the content of a file, as an editor does: a new file takes its place.
void replace_file(const std::string& path, const std::string& text);

/// A directory with the files of a server.
class ServerFiles {
 public:
  explicit ServerFiles(const Credentials& server, const std::string& client_ca = {});
  [[nodiscard]] const net::TlsSettings& settings() const { return settings_; }
  [[nodiscard]] net::TlsSettings& settings() { return settings_; }
  void replace(const Credentials& server);

 private:
  TemporaryDirectory directory_;
  net::TlsSettings settings_;
};

/// The files of tests that are not about certificates.
[[nodiscard]] const ServerFiles& usual_files();

}  // namespace seshdb::testing
