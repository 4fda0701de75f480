// The byte stream of a connection: a socket, TLS over one (tls_transport.h), or a test's
// replacement. It never blocks. Each object is used on one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/descriptor.h"
#include "net/socket.h"

namespace seshdb::net {

class Transport {
 public:
  enum class State : std::uint8_t {
    kDone,     // more may be possible at once
    kBlocked,  // no more for now; wait for the poller
    kCrossed,  // the same, but wait for the other direction: a read until it can write, a write
               // until it can read
    kEnded,    // read: the peer has closed its direction
    kFailed,   // the transport is broken
  };
  /// The bytes that were read or written, and the state after that.
  struct Io {
    std::size_t bytes = 0;
    State state = State::kDone;
    /// Of a read: the transport may hold more bytes, of which the poller tells nothing. Read again.
    bool is_buffered = false;
  };

  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  /// The descriptor for the poller.
  [[nodiscard]] virtual int fd() const = 0;
  /// True until the opening handshake is complete, if the transport has one. Until then `read` and
  /// `write` fail.
  [[nodiscard]] virtual bool in_handshake() const { return false; }
  /// Goes on with the opening handshake as far as it can without waiting. kDone: it is complete.
  /// kBlocked: wait until the transport is readable; kCrossed: until it is writable. REQUIRES:
  /// in_handshake().
  [[nodiscard]] virtual Io handshake() { return {}; }
  /// The DNS names of the peer's certificate: the dNSNames of its subject alternative name (RFC
  /// 5280, section 4.2.1.6), in their order and as they are spelled there. Empty where the peer has
  /// shown no certificate, or one that is not valid now.
  [[nodiscard]] virtual std::vector<std::string> peer_names() const { return {}; }

  /// Reads up to `bytes` bytes. If the state is not kDone, none were read. REQUIRES: bytes != 0.
  [[nodiscard]] virtual Io read(char* to, std::size_t bytes) = 0;
  /// Writes as many of `bytes` as possible. kDone means all of them.
  [[nodiscard]] virtual Io write(std::string_view bytes) = 0;
  /// Closes the direction to the peer: kDone, or kFailed if the transport is broken. kBlocked: it
  /// is not closed yet; call again when the transport is writable. Nothing is written afterwards.
  [[nodiscard]] virtual State end_output() = 0;
  /// The number of bytes that have arrived and were not read yet, or a little more.
  [[nodiscard]] virtual std::size_t readable_bytes() const = 0;
  /// The address of the peer; that of all zeros where it has none.
  [[nodiscard]] virtual Address peer() const = 0;
};

class SocketTransport final : public Transport {
 public:
  explicit SocketTransport(Descriptor socket) : socket_(std::move(socket)) {}

  [[nodiscard]] int fd() const override { return socket_.fd(); }
  [[nodiscard]] Io read(char* to, std::size_t bytes) override;
  [[nodiscard]] Io write(std::string_view bytes) override;
  [[nodiscard]] State end_output() override;
  [[nodiscard]] std::size_t readable_bytes() const override;
  [[nodiscard]] Address peer() const override { return peer_of(socket_.fd()); }

 private:
  Descriptor socket_;
};

}  // namespace seshdb::net
