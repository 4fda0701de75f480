// TLS over a socket, the server's side (RFC 8446, RFC 5246). It encrypts, and decides nothing about
// certificates and versions: tls_context.h. It uses OpenSSL, and no blocking call.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/descriptor.h"
#include "net/socket.h"
#include "net/transport.h"

struct ssl_ctx_st;
struct ssl_st;

namespace seshdb::net {

class TlsTransport final : public Transport {
 public:
  /// A non-blocking socket whose client is to begin the handshake. The transport keeps its own
  /// reference to `context`. Throws std::bad_alloc where there is no memory.
  TlsTransport(Descriptor socket, ssl_ctx_st& context);
  ~TlsTransport() override;

  [[nodiscard]] int fd() const override { return wire_.socket.fd(); }
  [[nodiscard]] bool in_handshake() const override { return !is_open_; }
  [[nodiscard]] Io handshake() override;
  [[nodiscard]] std::vector<std::string> peer_names() const override;
  [[nodiscard]] Io read(char* to, std::size_t bytes) override;
  [[nodiscard]] Io write(std::string_view bytes) override;
  /// Sends close_notify (RFC 8446, section 6.1), and then ends the socket's output. What the client
  /// sends afterwards is read and dropped: `read` gives its bytes as they came.
  [[nodiscard]] State end_output() override;
  [[nodiscard]] std::size_t readable_bytes() const override;
  [[nodiscard]] Address peer() const override { return peer_of(fd()); }

  /// What OpenSSL reads from and writes to.
  struct Wire {
    Descriptor socket;
    int first_byte = -1;   // that the client has sent
    bool is_dry = false;   // the last read found nothing
    bool is_over = false;  // the client has ended its direction
  };

 private:
  struct Free {
    void operator()(ssl_st* ssl) const;
  };

  // The state after a call that has failed.
  [[nodiscard]] State state_after(int result, bool is_read);
  [[nodiscard]] Io read_socket(char* to, std::size_t bytes);
  void answer_plain_text();

  Wire wire_;
  std::unique_ptr<ssl_st, Free> ssl_;
  bool is_open_ = false;    // the handshake is complete
  bool is_broken_ = false;  // OpenSSL must not be asked any more
  bool is_ended_ = false;   // by end_output
};

}  // namespace seshdb::net
