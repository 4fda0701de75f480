// A core: one thread with one event loop. It owns its connections and its share of the sessions,
// and nobody else touches either; what concerns another core goes there as a parcel. Never blocks
// but in the poller.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/random.h"
#include "base/result.h"
#include "commands/executor.h"
#include "commands/host.h"
#include "core/acceptor.h"
#include "core/committer.h"
#include "core/connections.h"
#include "core/engine_loop.h"
#include "core/exchange.h"
#include "core/gathers.h"
#include "core/outbox.h"
#include "core/requests.h"
#include "core/save_commands.h"
#include "core/shared.h"
#include "engine/engine.h"
#include "net/poller.h"
#include "save/saver.h"
#include "store/store.h"

namespace seshdb::core {

class Core final : private commands::Host, private engine::Events {
 public:
  /// What a core gets for its own.
  struct Parts {
    std::unique_ptr<net::Poller> poller;
    std::unique_ptr<Random> random;
    Descriptor listener{};  // open on the first core, which deals out whom it accepts
  };

  Core(Shared& shared, std::uint32_t index, Parts parts);
  ~Core() override;

  /// 0, or the errno with which the kernel refused what the loop needs; it must not run then.
  [[nodiscard]] int error() const { return error_; }

  /// What the engine keeps is this; before run().
  [[nodiscard]] store::Store& store() { return store_; }
  [[nodiscard]] engine::Engine& engine() { return committer_.engine(); }
  /// Another engine than memory alone; before run().
  void use(std::unique_ptr<engine::Engine> engine);
  /// Makes the core's sessions of the save in `folder`. Call it before use() and run(), on the
  /// thread that calls run(). Ends early with an error when `is_stopped` returns true.
  [[nodiscard]] Result<void> load(const std::string& folder,
                                  const std::function<bool()>& is_stopped);
  /// Puts everything on the disk; after run().
  void close() { committer_.close(); }

  /// The loop, until shared.halt.
  void run();
  /// One turn of it: everything that is ready runs, then one commit, and only then answers leave.
  void turn();
  /// The same in two steps, for a caller that waits in its own way. First: for how many
  /// milliseconds the core may wait; from here on its mailbox rings. 0: there is something to do.
  [[nodiscard]] int begin_wait();
  /// Then: the turn, with the events that have come.
  void turn(std::span<const epoll_event> events);
  /// Takes a client in, which is counted in shared.connection_count already.
  void add_connection(std::unique_ptr<net::Transport> transport);

 private:
  friend struct ParcelVisitor;

  [[nodiscard]] int timeout_ms();
  [[nodiscard]] bool is_awake();
  void on_event(const epoll_event& event);
  void on_connection_event(const epoll_event& event);
  void work();
  void leave();
  void publish();
  void write_metrics(Buffer& out);
  void tick();
  void look_at_memory();
  void begin_stop();

  void on_fetched(std::uint64_t token, engine::Fetched fetched) override;
  void on_outcome(engine::Ticket ticket, engine::Outcome outcome) override;
  [[nodiscard]] commands::CoreFigures core_figures() const override;
  [[nodiscard]] commands::ServerFigures server_figures() const override;

  Shared& shared_;
  const std::uint32_t index_;
  Published& published_;
  const std::unique_ptr<net::Poller> poller_;
  const std::unique_ptr<Random> random_;
  EngineLoop engine_loop_;
  store::Store store_;
  commands::Context context_;
  commands::Executor executor_;
  Committer committer_;
  Connections connections_;
  Outbox outbox_;
  Exchange exchange_;
  save::Saver saver_;
  Gathers gathers_;
  SaveCommands saves_;
  Requests requests_;
  Acceptor acceptor_;
  int error_ = 0;
  std::vector<char> scratch_;  // what connections read into
  std::uint64_t next_tick_ms_ = 0;
  bool busy_ = false;       // since the last tick
  bool worked_ = false;     // since memory was given back
  bool work_left_ = false;  // expired sessions or given-up memory, say
  bool stopping_ = false;
  bool quiet_ = false;  // stopping, and without connections
};

}  // namespace seshdb::core
