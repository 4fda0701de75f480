// The loop of a core: connections, turns, time. Requests: requests.cc. How answers leave:
// answers.cc. How cores work together: exchange.cc.
#include "server/core.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "engine/memory.h"
#include "net/socket.h"
#include "server/memory.h"

namespace seshdb::server {

namespace {

constexpr std::uint64_t kListenerTag = UINT64_MAX;
constexpr std::uint64_t kBellTag = UINT64_MAX - 1;
// Between two looks at the events of connections, so that they are not kept waiting.
constexpr int kAcceptsPerTurn = 64;

Descriptor open_spare() { return Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC)); }

// Tells the client that there is no room. What it has sent is read first: closing a socket with
// unread bytes resets the connection (RFC 1122, 4.2.2.13), and the client may never see the answer.
void refuse(const Descriptor& socket, std::int64_t unix_ms) {
  std::array<char, 4096> ignored;
  constexpr int kReadsMost = 4;
  for (int i = 0; i < kReadsMost && recv(socket.fd(), ignored.data(), ignored.size(), 0) > 0; ++i) {
  }
  Buffer no_room;
  net::append_http_answer({.status = 503, .unix_ms = unix_ms, .keep_alive = false}, {}, no_room);
  [[maybe_unused]] const ssize_t sent =
      send(socket.fd(), no_room.data(), no_room.size(), MSG_NOSIGNAL);
  shutdown(socket.fd(), SHUT_WR);
}

}  // namespace

Core::Core(Shared& shared, std::uint32_t index, Descriptor listener)
    : shared_(shared),
      index_(index),
      published_(*shared.published[index]),
      listener_(std::move(listener)),
      engine_(std::make_unique<engine::Memory>()),
      context_{.store = store_,
               .clock = shared.clock,
               .random = random_,
               .secret = shared.secret,
               .tally = published_.tally,
               .host = this,
               .depth_max = shared.depth_max,
               .core = index,
               .cores = static_cast<std::uint32_t>(shared.mailboxes.size()),
               .now_ms = shared.clock.now_ms(),
               .has_saves = !shared.save_path.empty()},
      window_(kWindow, Pending{protocol::EnvelopeReader(shared.depth_max), {}}),
      scratch_(limits::kReadBytes),
      outgoing_(shared.mailboxes.size()),
      saver_(
          {.store = store_,
           .clock = shared.clock,
           .secret = shared.secret,
           .depth_max = shared.depth_max,
           .core = index,
           .cores = context_.cores},
          shared.save_path, [&shared, index] { shared.mailboxes[index]->ring(); },
          [this] {
            engine_->commit(context_.now_ms);
            look_at_storage();
            return context_.storage;
          }) {
  error_ = poller_.error();
  if (error_ == 0 && !poller_.add(shared_.mailboxes[index_]->bell(), kBellTag, true, false)) {
    error_ = errno;
  }
  if (error_ == 0 && listener_.open()) {
    listen();
    error_ = listening_ ? 0 : errno;
  }
}

Core::~Core() = default;

void Core::run() {
  while (!shared_.halt.load(std::memory_order_relaxed)) {
    turn();
  }
}

// One turn: everything that is ready runs, then one commit, and only then answers leave.
void Core::turn() {
  Mailbox& mailbox = *shared_.mailboxes[index_];
  int timeout = timeout_ms();
  if (timeout != 0 && (!mailbox.begin_sleep() || engine_->has_news() || saver_.has_news() ||
                       shared_.halt.load() || (shared_.stop.load() && !stopping_))) {
    timeout = 0;
  }
  const std::span<const epoll_event> events = poller_.wait(timeout);
  mailbox.end_sleep();
  const std::uint64_t begin_ns = shared_.clock.now_ns();
  const bool synced = engine_->poll();
  context_.memory_full = shared_.memory_full.load(std::memory_order_relaxed);
  look_at_storage();
  context_.now_ms = shared_.clock.now_ms();
  if (synced) {
    release_sealed();
  }
  busy_ = busy_ || !events.empty();
  for (const epoll_event& event : events) {
    on_event(event);
  }
  receive_parcels();
  if (shared_.stop.load(std::memory_order_relaxed) && !stopping_) {
    begin_stop();
  }
  work_left_ = !store_.reclaim(context_.now_ms, limits::kReclaimPerTurn);
  run_part_jobs();
  work_left_ = saver_.work(context_.now_ms, context_.memory_full, context_.storage) || work_left_;
  if (context_.now_ms >= next_tick_ms_) {
    tick();
  }
  uncork_late();
  engine_->commit(context_.now_ms);
  look_at_storage();
  publish();     // who has an answer finds the request counted
  send_calls();  // first: others can work on them while this core sends to its clients
  let_answers_leave();
  work_left_ = engine_->work(context_.now_ms) || work_left_;
  if (stopping_ && !quiet_ && slots_.size() == free_slots_.size()) {
    quiet_ = true;
    shared_.quiet_cores.fetch_add(1);
  }
  published_.turns.add(shared_.clock.now_ns() - begin_ns);
}

int Core::timeout_ms() {
  if (work_left_ || !dirty_.empty() || !settling_.empty() || engine_->has_uncommitted()) {
    return 0;
  }
  // A full ring empties when its owner turns; a moment's wait is enough.
  const bool unsent = std::any_of(outgoing_.begin(), outgoing_.end(), [](const Outgoing& parcels) {
    return parcels.calls != nullptr || !parcels.ready.empty();
  });
  const std::uint64_t most = std::min(corked_.empty() ? shared_.tick_ms : limits::kCorkMs,
                                      engine_->patience_ms(shared_.clock.now_ms()));
  return unsent ? 1 : static_cast<int>(std::min(shared_.tick_ms, most));
}

void Core::on_event(const epoll_event& event) {
  if (event.data.u64 == kListenerTag) {
    (void)accept_some();
  } else if (event.data.u64 == kBellTag) {
    shared_.mailboxes[index_]->answer_bell();
  } else {
    on_connection_event(event);
  }
}

void Core::on_connection_event(const epoll_event& event) {
  Slot* const slot = slot_of(event.data.u64);
  if (slot == nullptr) {
    return;
  }
  net::Connection& connection = *slot->connection;
  mark_dirty(connection.id());
  if ((event.events & EPOLLERR) != 0 ||
      ((event.events & EPOLLHUP) != 0 && !connection.wants_read())) {
    connection.abort();
    return;
  }
  if ((event.events & EPOLLOUT) != 0) {
    connection.unblock(context_.now_ms);
  }
  if ((event.events & (EPOLLIN | EPOLLHUP)) != 0) {
    context_.now_ms = shared_.clock.now_ms();  // a command's moment is when it was read
    connection.read(scratch_.data(), scratch_.size(), context_.now_ms);
  }
}

bool Core::accept_some() {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    int error = 0;
    Descriptor socket = net::accept_from(listener_, error);
    if (socket.open()) {
      deal_out(std::move(socket));
    } else if (error == 0) {
      return false;
    } else if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) {
      if (refuse_with_spare()) continue;
      log::error("cannot accept a connection; trying again with the next tick",
                 {{"error", std::strerror(error)}});
      pause_listening();
      return false;
    }
  }
  return true;
}

// Accepts one client in place of the spare descriptor and refuses it, so that it does not wait for
// an answer that may never come. False where that failed too.
bool Core::refuse_with_spare() {
  spare_ = Descriptor();
  int error = 0;
  Descriptor socket = net::accept_from(listener_, error);
  const bool accepted = socket.open();
  if (accepted) {
    refuse(socket, shared_.clock.unix_ms());
    ++refused_descriptors_;
    published_.refused.add();
  }
  socket = Descriptor();
  spare_ = open_spare();
  return accepted;
}

void Core::listen() {
  if (!listening_) listening_ = poller_.add(listener_.fd(), kListenerTag, true, false);
  if (!spare_.open()) spare_ = open_spare();
}

// A listener that nothing can be accepted from would be ready all the time.
void Core::pause_listening() {
  if (listening_) poller_.remove(listener_.fd());
  listening_ = false;
}

void Core::deal_out(Descriptor socket) {
  if (shared_.connection_count.fetch_add(1) >= shared_.connections_max) {
    shared_.connection_count.fetch_sub(1);
    ++refused_connections_;
    published_.refused.add();
    refuse(socket, shared_.clock.unix_ms());
    return;
  }
  published_.accepted.add();
  const auto core = static_cast<std::uint32_t>(accepted_++ % context_.cores);
  if (core == index_) {
    add_connection(std::move(socket));
  } else {
    calls_to(core).add_socket(std::move(socket));
  }
}

void Core::add_connection(Descriptor socket) {
  std::uint32_t index = static_cast<std::uint32_t>(slots_.size());
  if (free_slots_.empty()) {
    slots_.emplace_back();
  } else {
    index = free_slots_.back();
    free_slots_.pop_back();
  }
  Slot& slot = slots_[index];
  const net::Connection::Id id = std::uint64_t{slot.generation} << 32U | index;
  if (!poller_.add(socket.fd(), id, true, false)) {
    log::error("cannot watch a connection", {{"error", std::strerror(errno)}});
    refuse(socket, shared_.clock.unix_ms());
    free_slots_.push_back(index);
    shared_.connection_count.fetch_sub(1);
    return;
  }
  slot.read = true;
  slot.write = false;
  slot.dirty = false;
  slot.corked = false;
  slot.parked = false;
  net::RequestHandler& handler = *this;
  slot.connection = std::make_unique<net::Connection>(id, std::move(socket), shared_.connections,
                                                      handler, pools_, context_.now_ms);
  published_.connections.set(connections());
  log::debug("opened a connection", {{"connection", id}, {"core", index_}});
  if (stopping_) {
    slot.connection->stop(context_.now_ms);
    mark_dirty(id);
  }
}

void Core::remove_connection(net::Connection::Id id) {
  log::debug("removed a connection", {{"connection", id}});
  Slot& slot = *slot_of(id);
  slot.connection.reset();  // closing the descriptor ends its watch
  ++slot.generation;
  free_slots_.push_back(static_cast<std::uint32_t>(id));
  published_.connections.set(connections());
  shared_.connection_count.fetch_sub(1);
}

Core::Slot* Core::slot_of(net::Connection::Id id) {
  const auto index = static_cast<std::uint32_t>(id);
  const bool live = index < slots_.size() && slots_[index].connection != nullptr &&
                    slots_[index].connection->id() == id;
  return live ? &slots_[index] : nullptr;
}

void Core::mark_dirty(net::Connection::Id id) {
  Slot& slot = *slot_of(id);
  if (!slot.dirty) {
    slot.dirty = true;
    dirty_.push_back(id);
  }
}

void Core::look_at_memory() {
  const std::uint64_t resident = resident_bytes();
  const bool is_full = resident > shared_.memory_max;
  if (is_full != shared_.memory_full.exchange(is_full)) {
    log::warn(is_full ? "memory is full: refusing what would take more" : "there is memory again",
              {{"resident_bytes", resident}, {"memory_max", shared_.memory_max}});
  }
}

// What one core cannot keep, no core takes: a command may change something on all of them.
void Core::look_at_storage() {
  auto& cores = shared_.storages;
  if (const store::Storage now = engine_->storage(); now != storage_) {
    cores.at(static_cast<std::size_t>(now)).fetch_add(1);
    cores.at(static_cast<std::size_t>(storage_)).fetch_sub(1);
    storage_ = now;
  }
  std::size_t worst = cores.size() - 1;
  while (worst != 0 && cores.at(worst).load(std::memory_order_relaxed) == 0) --worst;
  context_.storage = static_cast<store::Storage>(worst);
}

void Core::tick() {
  next_tick_ms_ = context_.now_ms + shared_.tick_ms;
  // Allocators keep what was freed for a while; who has nothing to do has no use for it.
  worked_ = worked_ || busy_;
  if ((worked_ && !busy_) || shared_.memory_full.load(std::memory_order_relaxed)) {
    give_back_memory();
    worked_ = false;
  }
  busy_ = false;
  if (index_ == 0) {
    look_at_memory();
  }
  if (const std::uint64_t refused = std::exchange(refused_connections_, 0); refused != 0) {
    log::warn("refused connections: there are as many as allowed",
              {{"refused", refused}, {"connections_max", shared_.connections_max}});
  }
  if (const std::uint64_t refused = std::exchange(refused_descriptors_, 0); refused != 0) {
    log::error("refused connections: there are no descriptors left; see the limit on open files",
               {{"refused", refused}});
  }
  if (listener_.open()) listen();
  for (const Slot& slot : slots_) {
    if (slot.connection == nullptr) continue;
    slot.connection->tick(context_.now_ms);
    if (slot.connection->over() || slot.connection->wants_flush()) {
      mark_dirty(slot.connection->id());
    }
  }
}

void Core::begin_stop() {
  stopping_ = true;
  if (listener_.open()) {
    // Who has come in already is told goodbye like the others.
    for (std::uint32_t n = 0; n < shared_.connections_max && accept_some(); n += kAcceptsPerTurn) {
    }
    listener_ = Descriptor();
    listening_ = false;
  }
  for (const Slot& slot : slots_) {
    if (slot.connection == nullptr) continue;
    slot.connection->stop(context_.now_ms);
    mark_dirty(slot.connection->id());
  }
}

}  // namespace seshdb::server
