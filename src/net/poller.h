// Waits for descriptors that are ready, level-triggered, a bounded number at a time. Poller is the
// interface; EpollPoller implements it with epoll(7). Each object is used on one thread.
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

  /// Watches `fd`; its events carry `tag`. Returns 0 or an errno.
  [[nodiscard]] virtual int add(int fd, std::uint64_t tag, bool read, bool write) = 0;
  virtual void change(int fd, std::uint64_t tag, bool read, bool write) = 0;
  virtual void remove(int fd) = 0;

  /// The descriptors that are ready. Waits up to `timeout_ms` for one (0: does not wait). The
  /// result is valid until the next call.
  [[nodiscard]] virtual std::span<const epoll_event> wait(int timeout_ms) = 0;
};

class EpollPoller final : public Poller {
 public:
  EpollPoller();

  /// 0, or the errno of its creation; after an error only the destructor may be called.
  [[nodiscard]] int error() const { return error_; }

  [[nodiscard]] int add(int fd, std::uint64_t tag, bool read, bool write) override;
  void change(int fd, std::uint64_t tag, bool read, bool write) override;
  void remove(int fd) override;
  [[nodiscard]] std::span<const epoll_event> wait(int timeout_ms) override;

 private:
  // At most this many events in a turn, so that turns stay short under any load.
  static constexpr int kEventsMax = 256;
  Descriptor epoll_;
  int error_;
  std::array<epoll_event, kEventsMax> events_{};
};

}  // namespace seshdb::net
