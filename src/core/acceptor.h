// The listener: takes clients in and deals them out to the cores, and refuses those for whom there
// is no room. On the first core. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/descriptor.h"
#include "core/exchange.h"
#include "core/shared.h"
#include "net/poller.h"

namespace seshdb::core {

/// Answers a client for whom there is no room with 503.
void refuse_client(net::Transport& client, std::int64_t unix_ms);

class Acceptor {
 public:
  /// `listener`: not open on the other cores, where nothing happens. `add` takes a client for this
  /// core. All must outlive it.
  Acceptor(Shared& shared, Published& published, net::Poller& poller, std::uint64_t tag,
           Exchange& exchange, Descriptor listener, std::function<void(Descriptor)> add);
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;
  ~Acceptor() = default;

  /// 0, or the errno with which the poller refused the listener.
  [[nodiscard]] int error() const { return error_; }

  /// Accepts some of those that wait; false where nobody waits any more, or nobody can be accepted.
  bool accept_some();
  /// Logs who was refused since the last tick, and listens again where that had failed.
  void tick();
  /// Accepts those that have come in already, and closes the listener.
  void stop();

 private:
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
  // Closed for the moment that it takes to tell a client that there is no other descriptor.
  Descriptor spare_;
  std::uint64_t accepted_ = 0;
  std::uint64_t refused_connections_ = 0;  // since the last tick, as there are as many as allowed
  std::uint64_t refused_descriptors_ = 0;  // since the last tick, for want of a descriptor
};

}  // namespace seshdb::core
