// How requests and answers travel: WebSocket, HTTP or RESP (the Redis protocol). One per
// connection; no I/O.
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

  /// What opens the connection, and what its answer ends with; both may be empty.
  [[nodiscard]] virtual std::string_view greeting() const = 0;
  [[nodiscard]] virtual std::string_view greeting_end() const = 0;

  /// Appends one request.
  virtual void append(std::string_view text, Buffer& out) = 0;

  struct Answer {
    std::string_view text;
    std::size_t bytes;      // that it takes of `data`
    bool asked_for = true;  // false: the server wanted to know whether we live
  };
  /// The first whole answer in `data`; nothing where it is not there yet. What the protocol itself
  /// wants said to it goes to `out`. Throws std::runtime_error where the server says something
  /// else.
  [[nodiscard]] virtual std::optional<Answer> take(std::string_view data, Buffer& out) = 0;
};

[[nodiscard]] std::unique_ptr<Wire> make_wire(const Options& options, std::uint64_t seed);

}  // namespace seshdb::bench
