// A core: one thread with one event loop. It owns its connections and its share of the sessions,
// and nobody else touches either; what concerns another core's goes there as a parcel. Never blocks
// but in the poller.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "commands/execute.h"
#include "commands/prefetch.h"
#include "engine/engine.h"
#include "net/connection.h"
#include "net/poller.h"
#include "protocol/envelope.h"
#include "save/saver.h"
#include "server/mailbox.h"
#include "server/parcel.h"
#include "server/published.h"
#include "store/store.h"
#include "store/tokens.h"

namespace seshdb::server {

/// What the cores of a server share; only the atomics change.
struct Shared {
  const Clock& clock;
  store::Secret secret;
  net::ConnectionSettings connections;
  std::uint32_t depth_max;
  std::uint32_t connections_max;  // the setting, or fewer where descriptors are fewer
  std::uint64_t memory_max;       // bytes
  std::uint64_t tick_ms;          // how often time-outs are looked at
  std::string save_path;          // directory of named saves; empty: none
  bool echo;                      // answer each request with itself, to measure the transport alone
  std::uint64_t started_ms;
  std::string_view engine;  // what keeps the sessions, and when it syncs: see ServerFigures
  std::string_view sync;
  std::vector<std::unique_ptr<Mailbox>> mailboxes;  // one per core
  std::vector<std::unique_ptr<Published>> published;

  std::atomic<std::uint32_t> connection_count{0};
  std::atomic<bool> memory_full{false};  // as the first core has seen it last
  /// How many cores have which storage; that of kGood says nothing.
  std::array<std::atomic<std::uint32_t>, store::kStorages> storages{};
  std::atomic<std::uint32_t> quiet_cores{0};  // stopping, and without connections
  std::atomic<bool> saving{false};            // a save or load is under way
  std::atomic<bool> stop{false};              // no new clients, goodbye to the old ones
  std::atomic<bool> halt{false};              // leave the loop
};

class Core final : private net::RequestHandler, private commands::Host {
 public:
  /// The first core gets the listener and deals out what it accepts.
  Core(Shared& shared, std::uint32_t index, Descriptor listener);
  ~Core() override;

  /// 0, or the errno with which the kernel refused what the loop needs; it must not run then.
  [[nodiscard]] int error() const { return error_; }

  /// What the engine keeps is this; before run().
  [[nodiscard]] store::Store& store() { return store_; }
  /// Another engine than memory alone; before run().
  void use(std::unique_ptr<engine::Engine> engine) { engine_ = std::move(engine); }
  /// Makes the sessions of the save in `folder` that it owns. Before use() and run(), on the thread
  /// that will. Nothing, or what is wrong; `is_stopped` ends it early.
  [[nodiscard]] std::optional<std::string> load(const std::string& folder,
                                                const std::function<bool()>& is_stopped);
  /// Puts everything on the disk; after run().
  void close() { engine_->close(); }

  /// The loop, until shared.halt.
  void run();

 private:
  friend struct ParcelVisitor;
  static constexpr std::size_t kWindow = commands::kPrefetchMost;

  struct Slot {
    std::unique_ptr<net::Connection> connection;
    std::uint32_t generation = 0;
    bool dirty = false;  // in dirty_
    bool read = true;    // as the poller knows it
    bool write = false;
    bool corked = false;  // its unsent answers wait for others, since corked_ms
    std::uint64_t corked_ms = 0;
    bool parked = false;  // in parked_
  };

  // What is on its way to another core.
  struct Outgoing {
    std::unique_ptr<Parcel> calls;                 // of this turn, or waiting for room in the ring
    std::vector<std::unique_ptr<Parcel>> answers;  // not sealed yet
    std::vector<std::unique_ptr<Parcel>> sealed;   // wait for the sync that is under way
    std::deque<std::unique_ptr<Parcel>> ready;     // may leave
  };

  // A command that runs on every core, seen from the one that was asked.
  struct Gather {
    ReturnAddress from;
    std::shared_ptr<const OwnedCall> call;
    std::size_t missing = 0;
    std::uint64_t begin_ns = 0;
    commands::Part part;
    std::shared_ptr<save::SaveJob> job = nullptr;  // of SH_SAVE and SH_LOAD
  };
  // A part to be done here: by whom it was asked, and under which number.
  struct PartJob {
    std::uint32_t asker;
    PartRequest request;
  };

  // A request that is read but not run yet. Its plan's views are of `reader` and of the text.
  struct Pending {
    protocol::EnvelopeReader reader;
    commands::Plan plan;
  };

  void on_request(net::Connection& connection, std::string_view text) override;
  void run_requests(net::Connection& connection) override;
  void run_request(net::Connection& connection, const commands::Plan& plan);
  [[nodiscard]] bool execute(const commands::Call& call, Buffer& out);
  void on_no_text(net::Connection& connection, NoText why) override;
  void write_metrics(Buffer& out) override;
  [[nodiscard]] commands::CoreFigures core_figures() const override;
  [[nodiscard]] commands::ServerFigures server_figures() const override;

  void turn();
  void publish();
  [[nodiscard]] std::size_t connections() const { return slots_.size() - free_slots_.size(); }
  [[nodiscard]] int timeout_ms();
  void on_event(const epoll_event& event);
  void on_connection_event(const epoll_event& event);
  // False where nobody waits any more.
  bool accept_some();
  [[nodiscard]] bool refuse_with_spare();
  void listen();
  void pause_listening();
  void deal_out(Descriptor socket);
  void add_connection(Descriptor socket);
  void remove_connection(net::Connection::Id id);
  [[nodiscard]] Slot* slot_of(net::Connection::Id id);
  void mark_dirty(net::Connection::Id id);
  void let_answers_leave();
  void park_dirty();
  void unpark(net::Connection::Id id);
  void seal();
  static void seal(Outgoing& parcels);
  void release_sealed();
  void drop_unsafe_answers();
  void send_answers();
  void flush_dirty();
  [[nodiscard]] bool cork(Slot& slot);
  void uncork_late();
  void watch(Slot& slot);
  void tick();
  void look_at_memory();
  void look_at_storage();
  void begin_stop();

  void receive_parcels();
  void prefetch_calls(Parcel& parcel);
  void send_calls();
  [[nodiscard]] Parcel& calls_to(std::uint32_t core);
  [[nodiscard]] Parcel& answers_to(std::uint32_t core);
  [[nodiscard]] std::unique_ptr<Parcel> empty_parcel();
  void lose(const ReturnAddress& to);
  void run_for(std::uint32_t asker, const ReturnAddress& from, const commands::Call& call);
  void complete(const ReturnAddress& to, std::string_view answer, bool any);

  void begin_gather(const ReturnAddress& from, const std::shared_ptr<const OwnedCall>& call,
                    const std::shared_ptr<save::SaveJob>& job = nullptr);
  void take_part_job(PartJob job);
  void run_part_jobs();
  void run_part_job(const PartJob& job);
  void send_part(const PartJob& job, const commands::Part& part, bool lost = false);
  void add_part(const PartAnswer& answer);
  void answer_gathered(const ReturnAddress& from, const commands::Call& call,
                       const commands::Part& all);

  void begin_saving(const ReturnAddress& from, const commands::Call& call);
  static void note_lost_part(const save::SaveJob& job, commands::Part& outcome);
  void conclude_saving(const Gather& gather);
  void end_saving(const ReturnAddress& from, const OwnedCall& call, const save::SaveJob& job,
                  commands::Part outcome);

  Shared& shared_;
  const std::uint32_t index_;
  Published& published_;
  net::Poller poller_;
  int error_ = 0;
  Descriptor listener_;
  bool listening_ = false;  // the poller watches the listener
  // Closed for the moment that it takes to tell a client that there is no other descriptor.
  Descriptor spare_;
  std::uint64_t accepted_ = 0;
  std::uint64_t next_tick_ms_ = 0;
  std::uint64_t refused_connections_ = 0;  // since the last tick, as there are as many as allowed
  std::uint64_t refused_descriptors_ = 0;  // since the last tick, for want of a descriptor
  bool busy_ = false;                      // since the last tick
  bool worked_ = false;                    // since memory was given back
  bool stopping_ = false;
  bool quiet_ = false;
  bool work_left_ = false;  // expired sessions or given-up memory

  store::Store store_;
  std::unique_ptr<engine::Engine> engine_;
  store::Storage storage_ = store::Storage::kGood;  // as shared_ knows it
  SystemRandom random_;
  commands::Context context_;
  std::vector<Pending> window_;
  std::size_t window_size_ = 0;  // the first so many of window_ are taken
  Buffer refused_;               // the answer to what is no proper request

  net::BufferPools pools_;
  std::vector<char> scratch_;  // what connections read into
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::vector<net::Connection::Id> dirty_;
  std::vector<net::Connection::Id> flushing_;
  // Connections whose answers wait until what they tell is safe: those that the sync under way
  // does not cover, and those that it does.
  std::vector<net::Connection::Id> parked_;
  std::vector<net::Connection::Id> sealed_;
  std::deque<net::Connection::Id> corked_;  // those whose slots say so, and some that were
  Buffer remote_answer_;

  std::vector<Outgoing> outgoing_;              // by core
  std::vector<std::unique_ptr<Parcel>> spent_;  // their memory serves the next
  std::unordered_map<std::uint64_t, Gather> gathers_;
  std::uint64_t next_gather_ = 0;
  std::vector<PartJob> settling_;        // wait until what expired is removed
  std::vector<PartJob> settling_later_;  // came meanwhile, and begin after those
  save::Saver saver_;
};

}  // namespace seshdb::server
