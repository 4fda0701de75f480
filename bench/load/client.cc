// Closed loop: a connection sends again when an answer arrives. Open loop: requests are due at
// fixed times, and the connections take them in turn, however many answers are missing.
#include "load/client.h"

#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <string>
#include <utility>

namespace seshdb::bench {

namespace {

constexpr std::uint64_t kNsPerSecond = 1'000'000'000;
constexpr std::uint64_t kPatienceNs = 10 * kNsPerSecond;
constexpr std::size_t kReadBytes = std::size_t{256} << 10;
// A connection that the server has closed is opened again, but not without end.
constexpr std::uint32_t kHangUpsMax = 10;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

void allow_descriptors(std::uint32_t connections) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < connections + 64) {
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, connections + 64);
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

timespec wait_time(std::uint64_t due_ns) {
  const std::uint64_t now = now_ns();
  const std::uint64_t ns = due_ns == 0    ? kNsPerSecond / 10
                           : due_ns > now ? std::min(due_ns - now, kNsPerSecond / 10)
                                          : 0;
  return {.tv_sec = 0, .tv_nsec = static_cast<long>(ns)};
}

}  // namespace

std::uint64_t now_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * kNsPerSecond +
         static_cast<std::uint64_t>(time.tv_nsec);
}

Client::Client(const Options& options)
    : options_(options),
      tls_(options.tls ? std::make_unique<TlsClient>(options) : nullptr),
      connections_(options.connections) {
  allow_descriptors(options.connections);
  // By default timers may fire 50 microseconds late; an open loop would send its requests late.
  prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0) fail("epoll_create1");
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    connections_[i].wire = make_wire(options, options.seed + i);
    open(connections_[i]);
  }
}

Client::~Client() {
  if (epoll_ >= 0) close(epoll_);
}

void Client::open(Connection& connection) {
  connection.stream = Stream(options_, tls_.get());
  greet(connection);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = static_cast<std::uint64_t>(&connection - connections_.data());
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.stream.fd(), &event) != 0) fail("epoll_ctl");
}

// A web server may close a connection after a number of requests. The client then repeats those
// without an answer.
void Client::open_again(Connection& connection) {
  if (options_.protocol != Protocol::kHttpStatic || ++connection.hang_ups > kHangUpsMax) {
    throw std::runtime_error("the server closed a connection");
  }
  connection.stream = Stream();
  connection.waits_to_write = false;
  connection.in.clear();
  connection.out.clear();
  open(connection);
  for (std::size_t i = 0; i < connection.tags.size(); ++i) {
    connection.wire->append({}, connection.out);
  }
}

void Client::greet(Connection& connection) {
  const std::string_view greeting = connection.wire->greeting();
  const std::string_view end = connection.wire->greeting_end();
  if (!greeting.empty() && connection.stream.send(greeting) < 0) fail("send");
  while (!end.empty() && connection.in.view().find(end) == std::string_view::npos) {
    const ssize_t got = connection.stream.receive(connection.in.reserve(kReadBytes), kReadBytes);
    if (got < 0 && errno == EAGAIN) {
      connection.stream.wait(false);
      continue;
    }
    if (got <= 0) throw std::runtime_error("the server closed the connection during the handshake");
    connection.in.commit(static_cast<std::size_t>(got));
  }
  if (!end.empty() && connection.in.view().substr(0, 12) != "HTTP/1.1 101") {
    throw std::runtime_error("the server said " + std::string(connection.in.view().substr(0, 80)));
  }
  connection.in.clear();
}

void Client::run(Job& job, std::uint32_t in_flight) {
  std::array<epoll_event, 256> events{};
  for (Connection& connection : connections_) {
    fill(connection, job, in_flight, now_ns());
    send_out(connection);
  }
  std::uint64_t heard_ns = now_ns();
  for (std::uint64_t now = now_ns(); !job.over(now); now = now_ns()) {
    if (in_flight == 0) spread_due(job, now);
    const timespec wait = wait_time(job.due_ns());
    const int count =
        epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &wait, nullptr);
    if (count < 0 && errno != EINTR) fail("epoll_pwait2");
    for (int i = 0; i < count; ++i) {
      Connection& connection = connections_[events.at(static_cast<std::size_t>(i)).data.u64];
      receive(connection, job);
      fill(connection, job, in_flight, now_ns());
      send_out(connection);
    }
    if (count > 0 || unanswered_ == 0) heard_ns = now_ns();
    if (now > heard_ns + kPatienceNs) {
      throw std::runtime_error("the server has not answered for 10 seconds");
    }
  }
}

void Client::send(Connection& connection, const Job::Request& request) {
  connection.wire->append(request.text, connection.out);
  connection.tags.push_back(request.tag);
  ++unanswered_;
}

void Client::fill(Connection& connection, Job& job, std::uint32_t in_flight, std::uint64_t now) {
  while (connection.tags.size() < in_flight) {
    const std::optional<Job::Request> request = job.next(now);
    if (!request) return;
    send(connection, *request);
  }
}

// Gives a burst to each connection in turn. If many are due, a connection sends its own together.
void Client::spread_due(Job& job, std::uint64_t now) {
  std::size_t touched = 0;
  const std::size_t first = turn_;
  while (const std::optional<Job::Request> request = job.next(now)) {
    send(connections_[turn_], *request);
    if (++of_burst_ < options_.burst) continue;
    of_burst_ = 0;
    turn_ = turn_ + 1 == connections_.size() ? 0 : turn_ + 1;
    ++touched;
  }
  touched = std::min(touched + 1, connections_.size());
  for (std::size_t i = 0; i < touched; ++i) {
    send_out(connections_[(first + i) % connections_.size()]);
  }
}

void Client::receive(Connection& connection, Job& job) {
  while (receive_some(connection, job)) {
  }
}

// True where more may be there that epoll does not report.
bool Client::receive_some(Connection& connection, Job& job) {
  const ssize_t got = connection.stream.receive(connection.in.reserve(kReadBytes), kReadBytes);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (got <= 0) {
    open_again(connection);
    return false;
  }
  connection.in.commit(static_cast<std::size_t>(got));
  const std::uint64_t now = now_ns();
  while (const auto answer = connection.wire->take(connection.in.view(), connection.out)) {
    if (answer->asked_for) {
      if (connection.tags.empty()) throw std::runtime_error("an answer without a request");
      job.answered(connection.tags.front(), answer->text, now);
      connection.tags.pop_front();
      connection.hang_ups = 0;
      --unanswered_;
    }
    connection.in.consume(answer->bytes);
  }
  return static_cast<std::size_t>(got) == kReadBytes;
}

void Client::send_out(Connection& connection) {
  while (!connection.out.empty()) {
    const ssize_t sent = connection.stream.send(connection.out.view());
    if (sent < 0 && errno == EINTR) continue;
    // A connection that the server has closed is handled when it is read.
    if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) return;
    if (sent < 0 && errno != EAGAIN) fail("send");
    if (sent < 0) break;
    connection.out.consume(static_cast<std::size_t>(sent));
  }
  const bool waits = !connection.out.empty();
  if (waits != connection.waits_to_write) {
    connection.waits_to_write = waits;
    epoll_event event{};
    event.events = waits ? EPOLLIN | EPOLLOUT : EPOLLIN;
    event.data.u64 = static_cast<std::uint64_t>(&connection - connections_.data());
    if (epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.stream.fd(), &event) != 0) fail("epoll_ctl");
  }
}

}  // namespace seshdb::bench
