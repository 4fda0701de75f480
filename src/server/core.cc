// The loop of a core: connections, turns, time. Requests: requests.cc. How cores work
// together: exchange.cc.
#include "server/core.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "engine/memory.h"
#include "server/memory.h"

namespace seshdb::server {

namespace {

constexpr std::uint64_t kListenerTag = UINT64_MAX;
constexpr std::uint64_t kBellTag = UINT64_MAX - 1;
// Between two looks at the events of connections, so that they are not kept waiting.
constexpr int kAcceptsPerTurn = 64;
// Answers wait this long for those behind them, at most; usually some 50 microseconds. A timer that
// is due before the kernel's own tick (1 to 10 ms) costs more than corking saves.
constexpr std::uint64_t kCorkMs = 10;
constexpr std::string_view kNoRoom =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

}  // namespace

Core::Core(Shared& shared, std::uint32_t index, net::Socket listener)
    : shared_(shared),
      index_(index),
      listener_(std::move(listener)),
      engine_(std::make_unique<engine::Memory>()),
      context_{.store = store_,
               .clock = shared.clock,
               .random = random_,
               .secret = shared.secret,
               .depth_max = shared.depth_max,
               .core = index,
               .cores = static_cast<std::uint32_t>(shared.mailboxes.size()),
               .now_ms = shared.clock.now_ms()},
      window_(kWindow, Pending{protocol::EnvelopeReader(shared.depth_max), {}}),
      scratch_(limits::kReadBytes),
      outgoing_(shared.mailboxes.size()) {
  error_ = poller_.error();
  if (error_ == 0 && !poller_.add(shared_.mailboxes[index_]->bell(), kBellTag, true, false)) {
    error_ = errno;
  }
  if (error_ == 0 && listener_.open()) {
    listening_ = poller_.add(listener_.fd(), kListenerTag, true, false);
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
  if (timeout != 0 &&
      (!mailbox.begin_sleep() || shared_.halt.load() || (shared_.stop.load() && !stopping_))) {
    timeout = 0;
  }
  const std::span<const epoll_event> events = poller_.wait(timeout);
  mailbox.end_sleep();
  context_.memory_full = shared_.memory_full.load(std::memory_order_relaxed);
  context_.now_ms = shared_.clock.now_ms();
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
  if (context_.now_ms >= next_tick_ms_) {
    tick();
  }
  uncork_late();
  engine_->commit();
  send_parcels();  // first: others can work on them while this core sends to its clients
  flush_dirty();
  if (stopping_ && !quiet_ && slots_.size() == free_slots_.size()) {
    quiet_ = true;
    shared_.quiet_cores.fetch_add(1);
  }
}

int Core::timeout_ms() {
  if (work_left_ || !dirty_.empty() || !settling_.empty()) {
    return 0;
  }
  const bool unsent = std::any_of(outgoing_.begin(), outgoing_.end(),
                                  [](const auto& parcel) { return parcel != nullptr; });
  // A full ring empties when its owner turns; a moment's wait is enough.
  const std::uint64_t most = corked_.empty() ? shared_.tick_ms : kCorkMs;
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
    net::Socket socket = net::accept_from(listener_, error);
    if (socket.open()) {
      deal_out(std::move(socket));
    } else if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) {
      log::error("cannot accept a connection; trying again with the next tick",
                 {{"error", std::strerror(error)}});
      poller_.remove(listener_.fd());  // or it would be ready for ever
      listening_ = false;
      return false;
    } else if (error == 0) {
      return false;
    }
  }
  return true;
}

void Core::deal_out(net::Socket socket) {
  if (shared_.connection_count.fetch_add(1) >= shared_.connections_max) {
    shared_.connection_count.fetch_sub(1);
    ++refused_connections_;
    [[maybe_unused]] const ssize_t sent =
        send(socket.fd(), kNoRoom.data(), kNoRoom.size(), MSG_NOSIGNAL);
    return;
  }
  const auto core = static_cast<std::uint32_t>(accepted_++ % context_.cores);
  if (core == index_) {
    add_connection(std::move(socket));
  } else {
    parcel_to(core).add_socket(std::move(socket));
  }
}

void Core::add_connection(net::Socket socket) {
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
    free_slots_.push_back(index);
    shared_.connection_count.fetch_sub(1);
    return;
  }
  slot.read = true;
  slot.write = false;
  slot.dirty = false;
  slot.corked = false;
  net::RequestHandler& handler = *this;
  slot.connection = std::make_unique<net::Connection>(id, std::move(socket), shared_.connections,
                                                      handler, pools_, context_.now_ms);
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

void Core::flush_dirty() {
  flushing_.swap(dirty_);
  for (const net::Connection::Id id : flushing_) {
    Slot* const found = slot_of(id);
    if (found == nullptr) continue;  // it ended after it was marked
    Slot& slot = *found;
    slot.dirty = false;
    net::Connection& connection = *slot.connection;
    if (cork(slot)) continue;
    connection.flush(context_.now_ms);
    if (connection.over()) {
      remove_connection(id);
      continue;
    }
    if (connection.wants_flush()) {
      mark_dirty(id);  // in the next turn, after its commit
    }
    watch(slot);
  }
  flushing_.clear();
}

// Answers that are ready wait a moment for those that other cores are working on, so that they leave
// in one piece: sending costs more than an answer does.
bool Core::cork(Slot& slot) {
  const bool late = slot.corked && context_.now_ms >= slot.corked_ms + kCorkMs;
  if (late || !slot.connection->may_wait()) {
    slot.corked = false;
    return false;
  }
  if (!slot.corked) {
    slot.corked = true;
    slot.corked_ms = context_.now_ms;
    corked_.push_back(slot.connection->id());
  }
  return true;
}

void Core::uncork_late() {
  while (!corked_.empty()) {
    const Slot* const slot = slot_of(corked_.front());
    if (slot != nullptr && slot->corked) {
      if (context_.now_ms < slot->corked_ms + kCorkMs) return;
      mark_dirty(corked_.front());
    }
    corked_.pop_front();
  }
}

void Core::watch(Slot& slot) {
  const bool read = slot.connection->wants_read();
  const bool write = slot.connection->wants_write();
  if (read != slot.read || write != slot.write) {
    poller_.change(slot.connection->fd(), slot.connection->id(), read, write);
    slot.read = read;
    slot.write = write;
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
  if (listener_.open() && !listening_) {
    listening_ = poller_.add(listener_.fd(), kListenerTag, true, false);
  }
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
    listener_ = net::Socket();
    listening_ = false;
  }
  for (const Slot& slot : slots_) {
    if (slot.connection == nullptr) continue;
    slot.connection->stop(context_.now_ms);
    mark_dirty(slot.connection->id());
  }
}

}  // namespace seshdb::server
