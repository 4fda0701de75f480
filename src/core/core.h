// A core: one thread with one event loop. It owns its connections and its share of the sessions; no
// other thread touches either. Cores exchange parcels. It never blocks but in the poller.
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
#include "core/access_control.h"
#include "core/committer.h"
#include "core/connections.h"
#include "core/engine_loop.h"
#include "core/exchange.h"
#include "core/gathers.h"
#include "core/handshakes.h"
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
  /// What a core takes over.
  struct Parts {
    std::unique_ptr<net::Poller> poller;
    std::unique_ptr<Random> random;
    Descriptor listener{};  // open on the first core alone, which accepts for all
  };

  Core(Shared& shared, std::uint32_t index, Parts parts);
  ~Core() override;

  /// 0, or the errno with which the kernel refused a descriptor. Then the core must not run.
  [[nodiscard]] int error() const { return error_; }

  /// The sessions, for the engine to recover into; before run().
  [[nodiscard]] store::Store& store() { return store_; }
  [[nodiscard]] engine::Engine& engine() { return committer_.engine(); }
  /// Replaces the engine, which is engine::Memory at first; before run().
  void use(std::unique_ptr<engine::Engine> engine);
  /// Loads this core's sessions from a save that was checked. Call it before use() and run(), on
  /// the thread that calls run(). Returns an error early when `is_stopped` returns true.
  [[nodiscard]] Result<void> load(const save::CheckedSave& save,
                                  const std::function<bool()>& is_stopped);
  /// Writes everything to the disk; after run().
  void close() { committer_.close(); }

  /// The loop, until shared.halt.
  void run();
  /// One turn of the loop: runs everything that is ready, commits once, and only then sends
  /// answers.
  void turn();
  /// The same in two steps, for a caller that waits by itself. First: returns for how many
  /// milliseconds the core may wait, 0 where there is work. From here on its mailbox rings.
  [[nodiscard]] int begin_wait();
  /// Second: the turn, with the events that arrived.
  void turn(std::span<const epoll_event> events);
  /// Adds a client, which is counted in shared.connection_count already.
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
  void check_memory();
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
  Handshakes handshakes_;
  Exchange exchange_;
  save::Saver saver_;
  Gathers gathers_;
  SaveCommands saves_;
  AccessControl access_;
  Requests requests_;
  Acceptor acceptor_;
  int error_ = 0;
  std::vector<char> scratch_;  // connections read into it
  std::uint64_t next_tick_ms_ = 0;
  bool busy_ = false;       // since the last tick
  bool worked_ = false;     // since memory was given back
  bool work_left_ = false;  // expired sessions or memory to free, say
  bool stopping_ = false;
  bool quiet_ = false;  // stopping, and without connections
};

}  // namespace seshdb::core
