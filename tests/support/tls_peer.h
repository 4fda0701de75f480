// The client's side of TLS, without I/O: bytes of the wire go in and come out, so that a test may
// deliver them as it likes.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/certificates.h"

struct ssl_ctx_st;
struct ssl_session_st;
struct ssl_st;

namespace seshdb::testing {

/// A session that a later connection may resume.
using TlsTicket = std::shared_ptr<ssl_session_st>;

struct TlsClientSettings {
  int version = 0;                  // TLS1_2_VERSION or TLS1_3_VERSION alone; 0: both
  std::vector<std::string> alpn{};  // protocols to offer
  Credentials own{};                // the client's certificate
  TlsTicket ticket{};               // to resume
  std::string authority{};          // PEM; verifies the server's certificate, where given
};

class TlsPeer {
 public:
  explicit TlsPeer(const TlsClientSettings& settings = {});
  ~TlsPeer();
  TlsPeer(const TlsPeer&) = delete;
  TlsPeer& operator=(const TlsPeer&) = delete;

  /// Takes in bytes that the server has sent.
  void receive(std::string_view wire);
  /// Bytes for the server.
  [[nodiscard]] std::string take_output();

  /// Goes on with the handshake. True once it is complete.
  bool handshake();
  /// Encrypts a text. REQUIRES: the handshake is complete.
  void write(std::string_view text);
  /// Decrypts what has come.
  [[nodiscard]] std::string read();
  /// Says close_notify.
  void close();
  /// Asks for a key update (RFC 8446, section 4.6.3), and for one of the server.
  void update_key();
  /// Begins a renegotiation (TLS 1.2).
  void renegotiate();

  /// The server has said close_notify.
  [[nodiscard]] bool is_closed() const;
  /// Why the session has failed at first; empty where it has not.
  [[nodiscard]] const std::string& failure() const { return failure_; }
  [[nodiscard]] bool is_resumed() const;
  [[nodiscard]] int version() const;
  [[nodiscard]] std::string alpn() const;
  /// The server's certificate, in PEM.
  [[nodiscard]] std::string server_certificate() const;
  /// The newest ticket; empty where the server has sent none.
  [[nodiscard]] TlsTicket ticket() const;

 private:
  void note_failure(int result);

  std::shared_ptr<ssl_ctx_st> context_;
  std::shared_ptr<ssl_st> ssl_;
  TlsTicket ticket_;
  std::string failure_;
};

}  // namespace seshdb::testing
