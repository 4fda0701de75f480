// What a core does with the requests of its clients and of other cores: those that one read brought
// are planned first and run then, a window at a time, so that what they will touch comes into the
// caches while others are read. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "commands/executor.h"
#include "commands/prefetch.h"
#include "core/committer.h"
#include "core/exchange.h"
#include "core/gathers.h"
#include "core/lanes.h"
#include "core/outbox.h"
#include "core/save_commands.h"
#include "net/connection.h"
#include "protocol/envelope.h"

namespace seshdb::core {

class Requests final : public net::RequestHandler, private Lanes::Answers {
 public:
  /// Where requests go on from here. All must outlive it.
  struct Neighbours {
    commands::Executor& executor;
    Committer& committer;
    Exchange& exchange;
    Outbox& outbox;
    Gathers& gathers;
    SaveCommands& saves;
    std::function<void(Buffer&)> write_metrics;
  };

  /// `echo`: answers each request with itself, to measure the transport alone.
  Requests(const Neighbours& neighbours, bool echo);

  /// Other cores' calls are hinted at together, and then run for core `asker`.
  void prefetch(Parcel& parcel);
  void run_for(std::uint32_t asker, const ReturnAddress& from, const commands::Call& call);

  [[nodiscard]] Lanes& lanes() { return lanes_; }

  void on_request(net::Connection& connection, std::string_view text) override;
  void run_requests(net::Connection& connection) override;
  void on_no_text(net::Connection& connection, NoText why) override;
  void write_metrics(Buffer& out) override { to_.write_metrics(out); }

 private:
  static constexpr std::size_t kWindow = commands::kPrefetchMost;

  // A request that is planned but not run yet. Its plan's views are of `reader` and of the text.
  struct Planned {
    protocol::EnvelopeReader reader;
    commands::Plan plan;
  };

  void run(net::Connection& connection, const commands::Plan& plan);
  void run_everywhere(net::Connection& connection, const commands::Plan& plan);
  // May it have to wait for its session?
  [[nodiscard]] bool is_remote(const commands::Call& call) const {
    return to_.committer.engine().is_remote() && call.token != 0;
  }

  void answer(std::uint32_t asker, const ReturnAddress& to, std::string_view text,
              bool any) override;
  void lose(std::uint32_t asker, const ReturnAddress& to) override;

  [[nodiscard]] const commands::CoreContext& core() const { return to_.executor.context().core; }

  const Neighbours to_;
  const bool echo_;
  std::vector<Planned> window_;
  std::size_t window_size_ = 0;  // the first so many of window_ are taken
  Buffer refused_;               // the answer to what is no proper request
  Buffer answer_;                // to another core
  Lanes lanes_;
};

}  // namespace seshdb::core
