// A WebSocket connection to a core without a server: the server's own net::Connection on one end of
// a socket pair, and on the other a client that sends many masked frames at once. Runs requests as
// core/requests.cc does, a window at a time; keep the two alike. One thread, and nothing blocks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/descriptor.h"
#include "commands/executor.h"
#include "micro/one_core.h"
#include "net/connection.h"
#include "protocol/envelope.h"

namespace seshdb::micro {

class OneConnection final : private net::RequestHandler {
 public:
  /// As many requests as the server takes in before it runs them.
  static constexpr std::size_t kWindow = 16;

  explicit OneConnection(OneCore& core);

  /// The client writes a request; it is on its way with the next `send`.
  void write(std::string_view request);
  void send();
  /// One turn of the server's loop: reads what was sent, runs it, sends the answers.
  void serve();
  /// The client reads all that has arrived, as frames; until the next call.
  [[nodiscard]] std::string_view receive();

 private:
  struct Pending {
    protocol::EnvelopeReader reader;
    commands::Plan plan;
  };

  void on_request(net::Connection& connection, std::string_view text) override;
  void run_requests(net::Connection& connection) override;
  void write_metrics(Buffer& /*out*/) override {}
  void on_no_text(net::Connection& connection, NoText why) override;
  void open();

  OneCore& core_;
  Numbers masks_{11};
  Buffer to_send_;
  Buffer received_;
  Descriptor client_;
  net::ConnectionSettings settings_;
  net::BufferPools pools_;
  std::vector<char> scratch_;
  std::vector<Pending> window_;
  std::size_t window_size_ = 0;
  Buffer refused_;
  std::unique_ptr<net::Connection> connection_;
};

}  // namespace seshdb::micro
