// epoll(7), level-triggered: which descriptors are ready, a bounded number at a time. One thread.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>

#include "base/descriptor.h"

namespace seshdb::net {

class Poller {
 public:
  Poller();

  /// 0, or the errno with which it could not be made; it is of no use then.
  [[nodiscard]] int error() const { return error_; }

  /// Watches `fd`; its events carry `tag`. False where the kernel has no room for one more.
  [[nodiscard]] bool add(int fd, std::uint64_t tag, bool read, bool write);
  void change(int fd, std::uint64_t tag, bool read, bool write);
  void remove(int fd);

  /// Ready descriptors, waiting up to `timeout_ms` (0: not at all). Until the next call.
  [[nodiscard]] std::span<const epoll_event> wait(int timeout_ms);

 private:
  // A turn takes this many at most, so that it stays short under any load.
  static constexpr int kEventsMax = 256;
  Descriptor epoll_;
  int error_;
  std::array<epoll_event, kEventsMax> events_{};
};

}  // namespace seshdb::net
