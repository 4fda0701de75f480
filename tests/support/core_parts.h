// The parts of one core without its loop, with clients, a poller and an engine that a test
// controls.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "commands/executor.h"
#include "core/committer.h"
#include "core/connections.h"
#include "core/exchange.h"
#include "core/outbox.h"
#include "core/shared.h"
#include "protocol/envelope.h"
#include "support/memory_transport.h"
#include "support/scripted_engine.h"
#include "support/server_frame.h"
#include "support/socket_client.h"
#include "support/text_requests.h"

namespace seshdb::testing {

class CoreParts : private TextRequests {
 public:
  /// A client, and where the answer to its request goes.
  struct Asked {
    std::shared_ptr<Line> line;
    core::ReturnAddress from;
  };

  /// Both outlive it. REQUIRES: `shared` has a mailbox for the core.
  CoreParts(core::Shared& shared, ManualClock& clock, std::uint32_t index)
      : context{.core = {.store = store,
                         .clock = clock,
                         .random = random_,
                         .secret = shared.secret,
                         .bounds = shared.bounds,
                         .index = index,
                         .cores = static_cast<std::uint32_t>(shared.mailboxes.size())},
                .turn = {.now_ms = clock.now_ms()}},
        committer(shared, store, context.turn),
        connections(poller, shared.connections, shared.connection_count),
        exchange(shared.mailboxes, index),
        open_(shared.connection_count) {
    auto owned = std::make_unique<ScriptedEngine>();
    engine = owned.get();
    engine->remote = false;
    committer.use(std::move(owned));
  }

  /// A client that has sent a request, which is not answered yet.
  Asked ask() {
    Asked asked{.line = std::make_shared<Line>(), .from = {}};
    asked.line->fd = next_fd_++;
    std::unique_ptr<net::Transport> transport = std::make_unique<MemoryTransport>(asked.line);
    open_.fetch_add(1);
    net::Connection* const connection = connections.add(transport, *this, context.turn.now_ms);
    for (const std::string& sent : {std::string(kUpgrade) + "\r\n", make_frame("a request")}) {
      asked.line->to_server = sent;
      outbox.mark(connection->id());
      std::vector<char> scratch(4'096);
      connection->read(scratch.data(), scratch.size(), context.turn.now_ms);
      outbox.leave({}, context.turn.now_ms);
      asked.line->to_client.clear();  // the head of the upgrade
    }
    asked.from = asked_.back();
    return asked;
  }
  /// The text that the client received since the last call, or "".
  std::string told(const Asked& asked) {
    outbox.leave({}, context.turn.now_ms);
    const auto frame = take_frame(asked.line->to_client);
    return frame ? frame->payload : "";
  }

  store::Store store;
  commands::Tally tally;
  commands::Context context;
  commands::Executor executor{context, tally, true};
  ScriptedEngine* engine = nullptr;
  core::Committer committer;
  MemoryPoller poller;
  core::Connections connections;
  core::Outbox outbox{connections};
  core::Exchange exchange;

 private:
  void on_request(net::Connection& connection, std::string_view text) override {
    asked_.push_back({connection.id(), connection.defer(text.size())});
  }

  std::atomic<std::uint32_t>& open_;
  SystemRandom random_;
  std::vector<core::ReturnAddress> asked_;
  int next_fd_ = 10;
};

/// The call in a request's text.
class CallOf {
 public:
  CallOf(commands::Executor& executor, std::string text) : text_(std::move(text)) {
    plan_ = executor.plan(reader_.read(text_), {}, refused_);
  }
  [[nodiscard]] const commands::Call& call() const { return plan_.call; }

 private:
  const std::string text_;
  protocol::EnvelopeReader reader_{limits::kDepthDefault};
  Buffer refused_;
  commands::Plan plan_;
};

}  // namespace seshdb::testing
