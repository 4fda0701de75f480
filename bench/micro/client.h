// A WebSocket client of a core on the same thread: sends many masked frames at once, and reads the
// answers as they come, as frames. Nothing blocks.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/buffer.h"
#include "base/descriptor.h"
#include "micro/documents.h"
#include "micro/one_core.h"

namespace seshdb::micro {

class Client {
 public:
  /// As many requests as a server takes in before it runs them.
  static constexpr std::size_t kWindow = 16;

  explicit Client(OneCore& core);

  /// Writes a request; it is sent with the next `send`.
  void write(std::string_view request);
  void send();
  /// Reads all that has arrived; until the next call.
  [[nodiscard]] std::string_view receive();

 private:
  void open(OneCore& core);

  Numbers masks_{11};
  Buffer to_send_;
  Buffer received_;
  Descriptor socket_;
};

}  // namespace seshdb::micro
