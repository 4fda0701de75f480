// The framing of requests and answers: WebSocket, HTTP or RESP (the Redis protocol). One object for
// each connection; no I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "load/options.h"

namespace seshdb::bench {

class Wire {
 public:
  Wire() = default;
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  virtual ~Wire() = default;

  /// The text that opens the connection, and the end of its answer. Both may be empty.
  [[nodiscard]] virtual std::string_view greeting() const = 0;
  [[nodiscard]] virtual std::string_view greeting_end() const = 0;

  /// Appends one request.
  virtual void append(std::string_view text, Buffer& out) = 0;

  struct Answer {
    std::string_view text;
    std::size_t bytes;      // size in `data`
    bool asked_for = true;  // false: it is a ping of the server
  };
  /// The first complete answer in `data`, if there is one. Appends to `out` what the protocol
  /// itself requires, for example a pong. Throws std::runtime_error for anything but an answer.
  [[nodiscard]] virtual std::optional<Answer> take(std::string_view data, Buffer& out) = 0;
};

[[nodiscard]] std::unique_ptr<Wire> make_wire(const Options& options, std::uint64_t seed);

}  // namespace seshdb::bench
