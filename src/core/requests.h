// Runs the requests of a core's clients and of other cores. The requests of one read are planned
// first and run afterwards, a window at a time, so that the memory they touch is prefetched while
// others are parsed. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "commands/executor.h"
#include "commands/prefetch.h"
#include "core/access_control.h"
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
  /// The objects that requests are passed on to. All must outlive it.
  struct Neighbours {
    commands::Executor& executor;
    Committer& committer;
    Exchange& exchange;
    Outbox& outbox;
    Gathers& gathers;
    SaveCommands& saves;
    AccessControl& access;
    std::function<void(Buffer&)> write_metrics;
  };

  /// `echo`: answers each request with its own text, to measure the transport alone.
  Requests(const Neighbours& neighbours, bool echo);

  /// Prefetches what the calls of another core's parcel touch.
  void prefetch(Parcel& parcel);
  /// Runs a call for core `asker`.
  void run_for(std::uint32_t asker, const ReturnAddress& from, const commands::Call& call);

  [[nodiscard]] Lanes& lanes() { return lanes_; }
  /// True where planned requests have not run yet; only during a read.
  [[nodiscard]] bool has_planned() const { return window_size_ != 0; }

  void on_request(net::Connection& connection, std::string_view text) override;
  void run_requests(net::Connection& connection) override;
  void on_no_text(net::Connection& connection, NoText why) override;
  net::Admission admit(net::Connection& connection, const net::HttpRequest& request,
                       net::HttpAction action) override {
    return to_.access.admit(connection, request, action);
  }
  void write_metrics(Buffer& out) override { to_.write_metrics(out); }

 private:
  static constexpr std::size_t kWindow = commands::kPrefetchMost;

  // A request that is planned but not run yet. Its plan has views of `reader` and of the text.
  struct Planned {
    protocol::EnvelopeReader reader;
    commands::Plan plan;
  };

  [[nodiscard]] commands::Asker asker_of(const net::Connection& connection) const;
  void run(net::Connection& connection, const commands::Plan& plan);
  void authenticate(net::Connection& connection, const commands::Call& call);
  void run_everywhere(net::Connection& connection, const commands::Plan& plan);
  // True where the call may have to wait for its session.
  [[nodiscard]] bool is_remote(const commands::Call& call) const {
    return to_.committer.engine().is_remote() && call.token.lower != 0;
  }

  void answer(std::uint32_t asker, const ReturnAddress& to, std::string_view text,
              Answered answered) override;
  void lose(std::uint32_t asker, const ReturnAddress& to) override;

  [[nodiscard]] const commands::CoreContext& core() const { return to_.executor.context().core; }

  const Neighbours to_;
  const bool echo_;
  std::vector<Planned> window_;
  std::size_t window_size_ = 0;  // how many of window_ are in use
  Buffer refused_;               // the answer to an invalid request
  Buffer answer_;                // to another core
  Lanes lanes_;
};

}  // namespace seshdb::core
