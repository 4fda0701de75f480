// The core's poller as an engine uses it: watches the engine's descriptors. One thread.
#pragma once

#include <sys/epoll.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/engine.h"
#include "net/poller.h"

namespace seshdb::core {

class EngineLoop final : public engine::Loop {
 public:
  /// Tags of its descriptors are in [kFirstTag, kTagsEnd). No connection has such an id.
  static constexpr std::uint64_t kFirstTag = std::uint64_t{UINT32_MAX} << 32U;
  static constexpr std::uint64_t kTagsEnd = kFirstTag + INT32_MAX;

  explicit EngineLoop(net::Poller& poller) : poller_(poller) {}

  [[nodiscard]] int watch(int fd, bool read, bool write) override {
    const int error = poller_.add(fd, tag_of(fd), read, write);
    watched_ += error == 0 ? 1 : 0;
    return error;
  }
  void change(int fd, bool read, bool write) override {
    poller_.change(fd, tag_of(fd), read, write);
  }
  void unwatch(int fd) override {
    poller_.remove(fd);
    --watched_;
  }

  /// Tells the engine which of its descriptors are ready.
  void deliver(std::span<const epoll_event> events, engine::Engine& engine) const {
    if (watched_ == 0) return;
    for (const epoll_event& event : events) {
      if (event.data.u64 < kFirstTag || event.data.u64 >= kTagsEnd) continue;
      const bool is_over = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
      engine.on_ready(static_cast<int>(event.data.u64 - kFirstTag),
                      is_over || (event.events & EPOLLIN) != 0,
                      is_over || (event.events & EPOLLOUT) != 0);
    }
  }

 private:
  [[nodiscard]] static std::uint64_t tag_of(int fd) {
    return kFirstTag + static_cast<std::uint64_t>(fd);
  }

  net::Poller& poller_;
  std::size_t watched_ = 0;
};

}  // namespace seshdb::core
