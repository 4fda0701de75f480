// The byte stream of a connection: a socket, or a test's replacement. It never blocks. Each object
// is used on one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/address.h"
#include "base/descriptor.h"

namespace seshdb::net {

class Transport {
 public:
  enum class State : std::uint8_t {
    kDone,     // more may be possible at once
    kBlocked,  // no more for now; wait for the poller
    kEnded,    // read: the peer has closed its direction
    kFailed,   // the transport is broken
  };
  /// The bytes that were read or written, and the state after that.
  struct Io {
    std::size_t bytes = 0;
    State state = State::kDone;
  };

  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  /// The descriptor for the poller.
  [[nodiscard]] virtual int fd() const = 0;
  /// Reads up to `bytes` bytes. If the state is not kDone, none were read. REQUIRES: bytes != 0.
  [[nodiscard]] virtual Io read(char* to, std::size_t bytes) = 0;
  /// Writes as many of `bytes` as possible. kDone means all of them.
  [[nodiscard]] virtual Io write(std::string_view bytes) = 0;
  /// Closes the direction to the peer. False if the transport is broken.
  [[nodiscard]] virtual bool end_output() = 0;
  /// The number of bytes that have arrived and were not read yet.
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
  [[nodiscard]] bool end_output() override;
  [[nodiscard]] std::size_t readable_bytes() const override;
  [[nodiscard]] Address peer() const override;

 private:
  Descriptor socket_;
};

}  // namespace seshdb::net
