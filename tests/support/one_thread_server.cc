// The kernel's part: which events a turn gets.
#include "support/one_thread_server.h"

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
          .connections = settings_.connections,
      }) {
  shared_->add_cores(settings_.cores);
  pollers_.resize(settings_.cores);
  cores_.resize(settings_.cores);
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

void OneThreadServer::turn(std::uint32_t index) {
  MemoryPoller& poller = *pollers_[index];
  std::erase_if(clients_, [&poller](const Client& client) {
    if (client.line->is_closed) poller.watches.erase(client.line->fd);
    return client.line->is_closed;
  });
  for (const Client& client : clients_) {
    const auto watch = poller.watches.find(client.line->fd);
    if (client.core != index || watch == poller.watches.end()) continue;
    epoll_event event{};
    event.events = events_of(*client.line, watch->second);
    event.data.u64 = watch->second.tag;
    if (event.events != 0) poller.events.push_back(event);
  }
  cores_[index]->turn();
}

void OneThreadServer::run() {
  constexpr int kTurnsMost = 100'000;
  int turns = 0;
  for (bool busy = true; busy;) {
    if (++turns == kTurnsMost) throw std::runtime_error("the server does not come to rest");
    busy = false;
    for (std::uint32_t core = 0; core < cores(); ++core) {
      turn(core);
      busy = busy || pollers_[core]->was_busy();
    }
  }
}

}  // namespace seshdb::testing
