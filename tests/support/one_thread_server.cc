// The kernel's part: the events of each turn.
#include "support/one_thread_server.h"

#include <poll.h>
#include <sys/epoll.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace seshdb::testing {

OneThreadServer::OneThreadServer(Settings settings)
    : settings_(std::move(settings)),
      shared_(new core::Shared{
          .clock = settings_.connections.clock,
          .secret = settings_.secret,
          .token_bits = settings_.token_bits,
          .connections = settings_.connections,
          .tick_ms = settings_.tick_ms,
      }) {
  shared_->add_cores(settings_.cores);
  pollers_.resize(settings_.cores);
  cores_.resize(settings_.cores);
  waits_.resize(settings_.cores);
  for (std::uint32_t i = 0; i < settings_.cores; ++i) {
    make_core(i);
    use_engine(i);
  }
}

void OneThreadServer::make_core(std::uint32_t index) {
  auto poller = std::make_unique<MemoryPoller>();
  pollers_[index] = poller.get();
  cores_[index] = std::make_unique<core::Core>(
      *shared_, index,
      core::Core::Parts{
          .poller = std::move(poller),
          .random = settings_.random ? settings_.random(index) : std::make_unique<SystemRandom>()});
}

void OneThreadServer::use_engine(std::uint32_t index) {
  if (settings_.engine) {
    cores_[index]->use(settings_.engine(index, cores_[index]->store()));
  }
}

void OneThreadServer::replace_core(std::uint32_t index,
                                   const std::function<void(core::Core&)>& fill) {
  std::erase_if(clients_, [index](const Client& client) { return client.core == index; });
  cores_[index].reset();
  make_core(index);
  fill(*cores_[index]);
  use_engine(index);
  waits_[index] = {};
}

std::shared_ptr<Line> OneThreadServer::connect(std::uint32_t core) {
  auto line = std::make_shared<Line>();
  line->fd = next_fd_++;
  shared_->connection_count.fetch_add(1);
  cores_[core]->add_connection(std::make_unique<MemoryTransport>(line));
  clients_.push_back({core, line});
  return line;
}

std::uint32_t OneThreadServer::events_of(const Line& line, const MemoryPoller::Watch& watch) {
  const bool reads = watch.reads && (!line.to_server.empty() || line.client_ended);
  const bool writes = watch.writes && line.write_room != 0;
  return (reads ? std::uint32_t{EPOLLIN} : 0U) | (writes ? std::uint32_t{EPOLLOUT} : 0U) |
         (line.is_broken ? std::uint32_t{EPOLLERR} : 0U);
}

std::vector<epoll_event> OneThreadServer::events_for(std::uint32_t index) const {
  std::vector<epoll_event> events;
  const auto add = [&events](std::uint32_t kinds, std::uint64_t tag) {
    epoll_event event{};
    event.events = kinds;
    event.data.u64 = tag;
    if (kinds != 0) events.push_back(event);
  };
  const MemoryPoller& poller = *pollers_[index];
  for (const Client& client : clients_) {
    const auto watch = poller.watches.find(client.line->fd);
    if (client.core != index || client.line->is_closed || watch == poller.watches.end()) continue;
    add(events_of(*client.line, watch->second), watch->second.tag);
  }
  pollfd bell{.fd = shared_->mailboxes[index]->bell(), .events = POLLIN, .revents = 0};
  if (poll(&bell, 1, 0) == 1) add(EPOLLIN, poller.watches.at(bell.fd).tag);
  return events;
}

bool OneThreadServer::is_due(std::uint32_t index) const {
  const Wait& wait = waits_[index];
  return wait.is_busy || shared_->clock.now_ms() >= wait.until_ms || !events_for(index).empty();
}

void OneThreadServer::turn(std::uint32_t index) {
  std::erase_if(clients_, [this](const Client& client) {
    if (client.line->is_closed) pollers_[client.core]->watches.erase(client.line->fd);
    return client.line->is_closed;
  });
  cores_[index]->turn(events_for(index));
  const int most_ms = cores_[index]->begin_wait();
  waits_[index] = {.is_busy = most_ms == 0,
                   .until_ms = shared_->clock.now_ms() + static_cast<std::uint64_t>(most_ms)};
}

void OneThreadServer::run() {
  constexpr int kTurnsMost = 100'000;
  for (std::uint32_t core = 0; core < cores(); ++core) turn(core);
  int turns = 0;
  for (bool any_due = true; any_due;) {
    if (++turns == kTurnsMost) throw std::runtime_error("the server does not come to rest");
    any_due = false;
    for (std::uint32_t core = 0; core < cores(); ++core) {
      if (!is_due(core)) continue;
      any_due = true;
      turn(core);
    }
  }
}

void OneThreadServer::begin_stop() {
  shared_->stop.store(true);
  for (const auto& mailbox : shared_->mailboxes) mailbox->ring();
}

}  // namespace seshdb::testing
