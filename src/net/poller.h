// Which descriptors are ready, a bounded number at a time, level-triggered. Poller is what a core
// needs of it, EpollPoller does it with epoll(7). One thread.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>

#include "base/descriptor.h"

namespace seshdb::net {

class Poller {
 public:
  Poller() = default;
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;
  virtual ~Poller() = default;

  /// Watches `fd`; its events carry `tag`. False, with errno, where there is no room for one more.
  [[nodiscard]] virtual bool add(int fd, std::uint64_t tag, bool read, bool write) = 0;
  virtual void change(int fd, std::uint64_t tag, bool read, bool write) = 0;
  virtual void remove(int fd) = 0;

  /// Ready descriptors, waiting up to `timeout_ms` (0: not at all). Until the next call.
  [[nodiscard]] virtual std::span<const epoll_event> wait(int timeout_ms) = 0;
};

class EpollPoller final : public Poller {
 public:
  EpollPoller();

  /// 0, or the errno with which it could not be made; it is of no use then.
  [[nodiscard]] int error() const { return error_; }

  [[nodiscard]] bool add(int fd, std::uint64_t tag, bool read, bool write) override;
  void change(int fd, std::uint64_t tag, bool read, bool write) override;
  void remove(int fd) override;
  [[nodiscard]] std::span<const epoll_event> wait(int timeout_ms) override;

 private:
  // A turn takes this many at most, so that it stays short under any load.
  static constexpr int kEventsMax = 256;
  Descriptor epoll_;
  int error_;
  std::array<epoll_event, kEventsMax> events_{};
};

}  // namespace seshdb::net
