// A turn of the loop, step by step.
#include "core/core.h"

#include <sys/epoll.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "base/logging.h"
#include "base/memory.h"

namespace seshdb::core {

namespace {
constexpr std::uint64_t kListenerTag = UINT64_MAX;
constexpr std::uint64_t kBellTag = UINT64_MAX - 1;
}  // namespace

// What a core does with the messages of a parcel.
struct ParcelVisitor {
  Core& core;
  std::uint32_t sender = 0;

  void on_parcel(std::uint32_t its_sender, Parcel& parcel) {
    sender = its_sender;
    core.context_.turn.now_ms = core.shared_.clock.now_ms();
    core.requests_.prefetch(parcel);
  }
  void on_call(const ReturnAddress& from, const commands::Call& call) {
    core.requests_.run_for(sender, from, call);
  }
  void on_answer(const ReturnAddress& to, std::string_view answer, Answered answered) {
    core.outbox_.complete(to, answer, answered);
  }
  void on_lost(const ReturnAddress& to) { core.outbox_.lose(to); }
  void on_message(PartRequest&& request) { core.gathers_.take(sender, std::move(request)); }
  void on_message(PartAnswer&& answer) { core.gathers_.add(std::move(answer)); }
  void on_message(SavePartRequest&& request) { core.saves_.take(sender, std::move(request)); }
  void on_message(SavePartAnswer&& answer) { core.saves_.add(answer); }
  void on_message(Descriptor&& socket) {
    core.add_connection(core.shared_.make_transport(std::move(socket)));
  }
};

Core::Core(Shared& shared, std::uint32_t index, Parts parts)
    : shared_(shared),
      index_(index),
      published_(*shared.published[index]),
      poller_(std::move(parts.poller)),
      random_(std::move(parts.random)),
      engine_loop_(*poller_),
      store_(shared.token_bits),
      context_{.core = {.store = store_,
                        .clock = shared.clock,
                        .random = *random_,
                        .secret = shared.secret,
                        .guesses = &shared.guesses,
                        .host = this,
                        .bounds = shared.bounds,
                        .index = index,
                        .cores = static_cast<std::uint32_t>(shared.mailboxes.size())},
               .turn = {.now_ms = shared.clock.now_ms()}},
      executor_(context_, published_.tally, !shared.save_path.empty()),
      committer_(shared, store_, context_.turn),
      connections_(*poller_, shared.connections, shared.connection_count),
      outbox_(connections_),
      handshakes_(shared.clock, connections_, outbox_),
      exchange_(shared.mailboxes, index),
      saver_(
          {.store = store_,
           .clock = shared.clock,
           .secret = shared.secret,
           .depth_max = shared.bounds.depth,
           .core = index,
           .cores = context_.core.cores},
          shared.save_path, [&shared, index] { shared.mailboxes[index]->ring(); },
          [this] {
            committer_.commit();
            return context_.turn.storage;
          }),
      gathers_(executor_, committer_, exchange_, outbox_),
      saves_(executor_, gathers_, exchange_, outbox_, saver_, shared.saving),
      access_(shared, context_.turn),
      requests_({.executor = executor_,
                 .committer = committer_,
                 .exchange = exchange_,
                 .outbox = outbox_,
                 .gathers = gathers_,
                 .saves = saves_,
                 .access = access_,
                 .write_metrics = [this](Buffer& out) { write_metrics(out); }},
                shared.echo),
      acceptor_(
          shared, published_, *poller_, kListenerTag, exchange_, std::move(parts.listener),
          [this](Descriptor socket) { add_connection(shared_.make_transport(std::move(socket))); }),
      error_(acceptor_.error()),
      scratch_(limits::kReadBytes) {
  store_.raise_revision(shared.clock.unix_ms());
  store_.share_former_tokens(shared.foreign_tokens,
                             [this](std::uint64_t token) { return context_.core.owns(token); });
  published_.names = committer_.engine().figures().names();
  const int error = poller_->add(exchange_.mailbox().bell(), kBellTag, true, false);
  if (error_ == 0) error_ = error;
}

Core::~Core() = default;

void Core::use(std::unique_ptr<engine::Engine> engine) {
  engine->attach(engine_loop_);
  committer_.use(std::move(engine));
  published_.names = committer_.engine().figures().names();
}

void Core::run() {
  while (!shared_.halt.load(std::memory_order_relaxed)) {
    turn();
  }
}

void Core::turn() {
  const int timeout_ms = begin_wait();
  turn(poller_->wait(timeout_ms));
}

int Core::begin_wait() {
  const int most_ms = timeout_ms();
  const bool may_wait = most_ms != 0 && exchange_.mailbox().begin_sleep() && !is_awake();
  return may_wait ? most_ms : 0;
}

void Core::turn(std::span<const epoll_event> events) {
  exchange_.mailbox().end_sleep();
  const std::uint64_t begin_ns = shared_.clock.now_ns();
  context_.turn.now_ms = shared_.clock.now_ms();
  engine_loop_.deliver(events, committer_.engine());
  committer_.engine().poll(*this);
  context_.turn.memory_full = shared_.memory_full.load(std::memory_order_relaxed);
  committer_.update_storage();
  busy_ = busy_ || !events.empty();
  access_.refresh(connections_, outbox_);
  for (const epoll_event& event : events) {
    on_event(event);
  }
  ParcelVisitor visitor{.core = *this};
  // Planned requests hold views of the read that brought them, and belong to its connection.
  SESHDB_CHECK(!requests_.has_planned());
  exchange_.receive(visitor);
  work();
  leave();
  work_left_ = committer_.engine().work(context_.turn.now_ms) || work_left_;
  if (stopping_ && !quiet_ && connections_.size() == 0) {
    quiet_ = true;
    shared_.quiet_cores.fetch_add(1);
  }
  published_.turns.add(shared_.clock.now_ns() - begin_ns);
}

// True where something arrived that does not ring the bell.
bool Core::is_awake() {
  return committer_.engine().has_news() || saver_.has_news() || shared_.halt.load() ||
         (shared_.stop.load() && !stopping_);
}

int Core::timeout_ms() {
  if (work_left_ || outbox_.has_dirty() || gathers_.has_work() || requests_.lanes().has_work() ||
      committer_.has_work() || handshakes_.has_work()) {
    return 0;
  }
  if (exchange_.has_unsent()) return 1;  // a full ring empties when its owner turns
  const std::uint64_t now_ms = shared_.clock.now_ms();
  const std::uint64_t deadline_ms = std::max(committer_.engine().next_deadline_ms(), now_ms);
  const std::uint64_t most = outbox_.has_corked() ? limits::kCorkMs : shared_.tick_ms;
  return static_cast<int>(std::min({shared_.tick_ms, most, deadline_ms - now_ms}));
}

void Core::on_event(const epoll_event& event) {
  if (event.data.u64 == kListenerTag) {
    (void)acceptor_.accept_some();
  } else if (event.data.u64 == kBellTag) {
    exchange_.mailbox().clear_bell();
  } else {
    on_connection_event(event);
  }
}

void Core::on_connection_event(const epoll_event& event) {
  Connections::Slot* const slot = connections_.find(event.data.u64);
  if (slot == nullptr) {
    return;
  }
  net::Connection& connection = *slot->connection;
  outbox_.mark(connection.id());
  if ((event.events & EPOLLERR) != 0 ||
      ((event.events & EPOLLHUP) != 0 && !connection.wants_read())) {
    connection.abort();
    return;
  }
  if (connection.in_handshake()) [[unlikely]] {
    handshakes_.add(connection);
    return;
  }
  if ((event.events & EPOLLOUT) != 0) {
    connection.unblock(context_.turn.now_ms);
  }
  if ((event.events & (EPOLLIN | EPOLLHUP)) != 0) {
    context_.turn.now_ms = shared_.clock.now_ms();  // a command runs at the time it was read
    connection.read(scratch_.data(), scratch_.size(), context_.turn.now_ms);
  }
}

// The work of every turn, with or without requests.
void Core::work() {
  if (shared_.stop.load(std::memory_order_relaxed) && !stopping_) {
    begin_stop();
  }
  work_left_ = !store_.reclaim(context_.turn.now_ms, limits::kReclaimPerTurn);
  gathers_.work();
  work_left_ =
      saver_.work(context_.turn.now_ms, context_.turn.memory_full, context_.turn.storage) ||
      work_left_;
  requests_.lanes().work();
  handshakes_.work(context_.turn.now_ms);
  if (context_.turn.now_ms >= next_tick_ms_) {
    tick();
  }
  outbox_.uncork(context_.turn.now_ms);
}

void Core::leave() {
  const engine::Committed turn = committer_.end_turn();
  publish();  // first: a client that has its answer finds the request counted
  exchange_.leave(turn);
  exchange_.send_calls();  // first: others can work on them while this core sends to its clients
  outbox_.leave(turn, context_.turn.now_ms);
  committer_.engine().expect(outbox_.waiting());
  exchange_.send_answers();
  published_.connections.set(connections_.size());
}

void Core::on_fetched(std::uint64_t token, engine::Fetched fetched) {
  if (token == engine::Engine::kEveryToken) {
    gathers_.on_fetched(fetched);
  } else {
    requests_.lanes().on_fetched(token, fetched);
  }
}

// Requests that waited may run here; the commit of the turn follows.
void Core::on_outcome(engine::Ticket ticket, engine::Outcome outcome) {
  requests_.lanes().on_outcome(ticket, outcome);
  outbox_.settle(ticket, outcome, context_.turn.now_ms);
  exchange_.settle(ticket, outcome);
}

void Core::add_connection(std::unique_ptr<net::Transport> transport) {
  net::Connection* const connection = connections_.add(transport, requests_, context_.turn.now_ms);
  if (connection == nullptr) {
    if (!shared_.speaks_tls) refuse_client(*transport, shared_.clock.unix_ms());
    shared_.connection_count.fetch_sub(1);
    return;
  }
  if (stopping_) {
    connection->stop(context_.turn.now_ms);
    outbox_.mark(connection->id());
  }
}

void Core::check_memory() {
  const std::uint64_t resident = resident_bytes();
  const bool is_full = resident > shared_.memory_max;
  if (is_full != shared_.memory_full.exchange(is_full)) {
    logging::warn(
        is_full ? "memory is full: refusing what would take more" : "there is memory again",
        {{"resident_bytes", resident}, {"memory_max", shared_.memory_max}});
  }
}

void Core::tick() {
  next_tick_ms_ = context_.turn.now_ms + shared_.tick_ms;
  // Allocators keep freed memory for a while. An idle core gives it back.
  worked_ = worked_ || busy_;
  if ((worked_ && !busy_) || shared_.memory_full.load(std::memory_order_relaxed)) {
    give_back_memory();
    worked_ = false;
  }
  busy_ = false;
  store_.raise_revision(shared_.clock.unix_ms());
  if (index_ == 0) {
    check_memory();
  }
  acceptor_.tick();
  connections_.for_each([this](net::Connection& connection) {
    connection.tick(context_.turn.now_ms);
    if (connection.over() || connection.wants_flush()) {
      outbox_.mark(connection.id());
    }
  });
}

void Core::begin_stop() {
  stopping_ = true;
  acceptor_.stop();
  connections_.for_each([this](net::Connection& connection) {
    connection.stop(context_.turn.now_ms);
    outbox_.mark(connection.id());
  });
}

Result<void> Core::load(const save::CheckedSave& save, const std::function<bool()>& is_stopped) {
  context_.turn.now_ms = shared_.clock.now_ms();
  save::Loaded loaded = saver_.load_now(
      save, context_.turn.now_ms, [this] { return resident_bytes() <= shared_.memory_max; },
      is_stopped);
  logging::info("loaded sessions", {{"core", index_},
                                    {"from", save.folder},
                                    {"sessions", loaded.made.sessions},
                                    {"keys", loaded.made.keys}});
  warn_of_foreign_names(loaded.foreign_names, {"core", index_});
  return std::move(loaded.result);
}

void Core::publish() {
  const engine::Engine& engine = committer_.engine();
  published_.tell(store_.counts(), engine.storage(), engine.figures());
}

void Core::write_metrics(Buffer& out) {
  publish();
  if (shared_.write_metrics) shared_.write_metrics(shared_, out);
}

commands::CoreFigures Core::core_figures() const {
  return {.connections = connections_.size(),
          .storage = committer_.engine().storage(),
          .engine = committer_.engine().figures()};
}

commands::ServerFigures Core::server_figures() const {
  return {.engine = shared_.engine,
          .sync = shared_.sync,
          .started_ms = shared_.started_ms,
          .memory_bytes = resident_bytes(),
          .memory_full = shared_.memory_full.load(std::memory_order_relaxed),
          .memory_max = shared_.memory_max,
          .unsent_bytes_max = shared_.connections.unsent_bytes_max,
          .connections_max = shared_.connections_max,
          .bounds = shared_.bounds};
}

}  // namespace seshdb::core
