// The listener: accepts clients, distributes them over the cores, and refuses those above a limit.
// It runs on the first core. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/descriptor.h"
#include "core/exchange.h"
#include "core/shared.h"
#include "net/poller.h"

namespace seshdb::core {

/// Answers 503 (RFC 9110, 15.6.4) and ends the output.
void refuse_client(net::Transport& client, std::int64_t unix_ms);

class Acceptor {
 public:
  /// `listener`: not open on the other cores, which accept nobody. `add` is called with each client
  /// of this core. All must outlive it.
  Acceptor(Shared& shared, Published& published, net::Poller& poller, std::uint64_t tag,
           Exchange& exchange, Descriptor listener, std::function<void(Descriptor)> add);
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;
  ~Acceptor() = default;

  /// 0, or the errno with which the poller refused the listener.
  [[nodiscard]] int error() const { return error_; }

  /// Accepts some waiting clients. False where none waits any more, or none can be accepted.
  bool accept_some();
  /// Logs how many clients were refused since the last tick, and listens again after a failure.
  void tick();
  /// Accepts the clients in the backlog, and closes the listener.
  void stop();

 private:
  void refuse(Descriptor socket);
  [[nodiscard]] bool refuse_with_spare();
  // 0, or the errno with which the poller refused the listener.
  int listen();
  void pause();
  void deal_out(Descriptor socket);

  Shared& shared_;
  Published& published_;
  net::Poller& poller_;
  const std::uint64_t tag_;
  Exchange& exchange_;
  Descriptor listener_;
  std::function<void(Descriptor)> add_;
  int error_ = 0;
  bool listening_ = false;  // the poller watches the listener
  // Its place is used to refuse a client when there is no other descriptor.
  Descriptor spare_;
  std::uint64_t accepted_ = 0;
  std::uint64_t refused_connections_ = 0;  // since the last tick, over connections_max
  std::uint64_t refused_descriptors_ = 0;  // since the last tick, without a descriptor
};

}  // namespace seshdb::core
