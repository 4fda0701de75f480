// A WebSocket client of a core on the same thread. It sends many masked frames at once, and reads
// the frames of the answers. It never blocks.
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
  /// As many requests as a server plans before it runs them.
  static constexpr std::size_t kWindow = 16;

  explicit Client(OneCore& core);

  /// Adds a request; the next `send` sends it.
  void write(std::string_view request);
  void send();
  /// Reads everything that has arrived. The view is valid until the next call.
  [[nodiscard]] std::string_view receive();

 private:
  void open(OneCore& core);

  Numbers masks_{11};
  Buffer to_send_;
  Buffer received_;
  Descriptor socket_;
};

}  // namespace seshdb::micro
