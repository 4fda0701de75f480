// What a connection reads from and writes to: a socket, or what a test puts in its place. Never
// blocks. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/descriptor.h"

namespace seshdb::net {

class Transport {
 public:
  enum class State : std::uint8_t {
    kDone,     // go on
    kBlocked,  // no more for now: the poller says when
    kEnded,    // read: the peer sends no more
    kFailed,   // broken: nothing more comes in or goes out
  };
  /// How many bytes were read or written, and how it stands then.
  struct Io {
    std::size_t bytes = 0;
    State state = State::kDone;
  };

  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  /// What the poller watches.
  [[nodiscard]] virtual int fd() const = 0;
  /// Reads up to `bytes` bytes; none where the state is not kDone. REQUIRES: bytes != 0.
  [[nodiscard]] virtual Io read(char* to, std::size_t bytes) = 0;
  /// Writes from the front of `bytes`; kDone where all of it was written.
  [[nodiscard]] virtual Io write(std::string_view bytes) = 0;
  /// Tells the peer that nothing more is written; false where the transport is broken.
  [[nodiscard]] virtual bool end_output() = 0;
  /// So many bytes have arrived and are not read yet.
  [[nodiscard]] virtual std::size_t readable_bytes() const = 0;
};

class SocketTransport final : public Transport {
 public:
  explicit SocketTransport(Descriptor socket) : socket_(std::move(socket)) {}

  [[nodiscard]] int fd() const override { return socket_.fd(); }
  [[nodiscard]] Io read(char* to, std::size_t bytes) override;
  [[nodiscard]] Io write(std::string_view bytes) override;
  [[nodiscard]] bool end_output() override;
  [[nodiscard]] std::size_t readable_bytes() const override;

 private:
  Descriptor socket_;
};

}  // namespace seshdb::net
