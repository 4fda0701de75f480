// The system calls behind EpollPoller.
#include "net/poller.h"

#include <algorithm>
#include <cerrno>

#include "base/check.h"

namespace seshdb::net {

namespace {

epoll_event event_of(std::uint64_t tag, bool read, bool write) {
  epoll_event event{};
  event.events = (read ? std::uint32_t{EPOLLIN} : 0U) | (write ? std::uint32_t{EPOLLOUT} : 0U);
  event.data.u64 = tag;
  return event;
}

}  // namespace

EpollPoller::EpollPoller()
    : epoll_(epoll_create1(EPOLL_CLOEXEC)), error_(epoll_.open() ? 0 : errno) {}

int EpollPoller::add(int fd, std::uint64_t tag, bool read, bool write) {
  epoll_event event = event_of(tag, read, write);
  return epoll_ctl(epoll_.fd(), EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : errno;
}

void EpollPoller::change(int fd, std::uint64_t tag, bool read, bool write) {
  epoll_event event = event_of(tag, read, write);
  SESHDB_CHECK(epoll_ctl(epoll_.fd(), EPOLL_CTL_MOD, fd, &event) == 0);
}

void EpollPoller::remove(int fd) {
  SESHDB_CHECK(epoll_ctl(epoll_.fd(), EPOLL_CTL_DEL, fd, nullptr) == 0);
}

std::span<const epoll_event> EpollPoller::wait(int timeout_ms) {
  const int count = epoll_wait(epoll_.fd(), events_.data(), kEventsMax, timeout_ms);
  return {events_.data(), static_cast<std::size_t>(std::max(count, 0))};
}

}  // namespace seshdb::net
