// Clients leave with a reset: closed in good order, their ports would be in use for a minute.
#include "load/handshakes.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "load/client.h"
#include "load/histogram.h"
#include "load/process.h"
#include "load/stream.h"

namespace seshdb::bench {

namespace {

constexpr std::string_view kRequest = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
constexpr double kNsPerSecond = 1e9;
constexpr std::uint64_t kPatienceNs = 10'000'000'000;

struct Visitor {
  int fd = -1;
  std::shared_ptr<ssl_st> ssl{};
  std::uint64_t begun_ns = 0;
  bool has_asked = false;
};

class Visits {
 public:
  explicit Visits(const Options& options)
      : options_(options),
        tls_(options),
        visitors_(options.connections),
        epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    if (options.handshakes == Handshakes::kResumed) take_ticket();
    for (std::size_t i = 0; i < visitors_.size(); ++i) begin(i);
  }
  ~Visits() {
    for (const Visitor& visitor : visitors_) {
      if (visitor.fd >= 0) close(visitor.fd);
    }
    close(epoll_);
  }
  Visits(const Visits&) = delete;
  Visits& operator=(const Visits&) = delete;

  // Visits that end before `until_ns`.
  Histogram run(std::uint64_t until_ns) {
    Histogram taken;
    std::array<epoll_event, 256> events{};
    std::uint64_t heard_ns = now_ns();
    for (std::uint64_t now = heard_ns; now < until_ns; now = now_ns()) {
      constexpr int kWaitMs = 100;
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), kWaitMs);
      for (int i = 0; i < count; ++i) {
        const auto index =
            static_cast<std::size_t>(events.at(static_cast<std::size_t>(i)).data.u64);
        if (!go_on(visitors_.at(index))) continue;
        heard_ns = now_ns();
        taken.record(heard_ns - visitors_.at(index).begun_ns);
        leave(visitors_.at(index));
        begin(index);
      }
      if (now > heard_ns + kPatienceNs) {
        throw std::runtime_error("no handshake has come to its end for 10 seconds");
      }
    }
    return taken;
  }

 private:
  // One visit whose ticket the others use.
  void take_ticket() {
    Stream first(options_, &tls_);
    (void)first.send(kRequest);
    std::array<char, 1024> answer{};
    while (first.receive(answer.data(), answer.size()) <= 0) first.wait(false);
    ticket_ = tls_.ticket();
    if (ticket_ == nullptr) throw std::runtime_error("the server gives no tickets");
  }

  void begin(std::size_t index) {
    Visitor& visitor = visitors_.at(index);
    visitor.begun_ns = now_ns();
    visitor.has_asked = false;
    visitor.fd = connect_socket(options_, false);
    visitor.ssl = tls_.open(visitor.fd);
    if (ticket_ != nullptr) TlsClient::resume(*visitor.ssl, *ticket_);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.u64 = index;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, visitor.fd, &event) != 0) {
      throw std::runtime_error("epoll_ctl failed");
    }
  }

  static void leave(Visitor& visitor) {
    const linger reset{.l_onoff = 1, .l_linger = 0};
    setsockopt(visitor.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    close(visitor.fd);
    visitor.fd = -1;
  }

  // True once the answer has come.
  bool go_on(Visitor& visitor) const {
    SSL* const ssl = visitor.ssl.get();
    ERR_clear_error();
    int result = visitor.has_asked ? 1 : SSL_do_handshake(ssl);
    if (result == 1 && !visitor.has_asked) {
      const bool resumes = options_.handshakes == Handshakes::kResumed;
      if (resumes != (SSL_session_reused(ssl) == 1)) {
        throw std::runtime_error("the server has not resumed a session");
      }
      result = SSL_write(ssl, kRequest.data(), static_cast<int>(kRequest.size()));
      visitor.has_asked = result > 0;
    }
    if (visitor.has_asked) {
      std::array<char, 1024> answer{};
      result = SSL_read(ssl, answer.data(), static_cast<int>(answer.size()));
      if (result > 0) return true;
    }
    const int error = SSL_get_error(ssl, result);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
      const char* const reason = ERR_reason_error_string(ERR_peek_error());
      throw std::runtime_error(std::string("a client failed: ") +
                               (reason != nullptr ? reason : "the server has closed"));
    }
    return false;
  }

  const Options& options_;
  TlsClient tls_;
  std::vector<Visitor> visitors_;
  int epoll_;
  std::shared_ptr<SSL_SESSION> ticket_;
};

std::uint64_t ns_of(double seconds) { return static_cast<std::uint64_t>(seconds * kNsPerSecond); }

}  // namespace

std::string measure_handshakes(const Options& options) {
  Visits visits(options);
  (void)visits.run(now_ns() + ns_of(options.warm_up_s));
  const bool watches = options.server_pid != 0;
  const std::uint64_t begin_ns = now_ns();
  const std::uint64_t own_ns = own_cpu_ns();
  const std::uint64_t server_ns = watches ? cpu_ns_of(options.server_pid) : 0;
  const Histogram taken = visits.run(begin_ns + ns_of(options.duration_s));
  const double seconds = static_cast<double>(now_ns() - begin_ns) / kNsPerSecond;
  const double share = static_cast<double>(own_cpu_ns() - own_ns) / kNsPerSecond / seconds;
  const auto count = static_cast<double>(taken.count());
  const double server_us =
      watches && taken.count() != 0
          ? static_cast<double>(cpu_ns_of(options.server_pid) - server_ns) / 1e3 / count
          : 0;
  const auto us = [&taken](double part) { return static_cast<double>(taken.quantile(part)) / 1e3; };
  if (!options.json) {
    return fmt::format(
        "{} handshakes in {:.1f} s: {:.0f}/s; us: p50 {:.1f}, p99 {:.1f}, max {:.1f}\n"
        "server:   {:.1f} us of CPU per handshake\n"
        "client:   {:.0f} % of a processor\n",
        taken.count(), seconds, count / seconds, us(0.5), us(0.99),
        static_cast<double>(taken.max()) / 1e3, server_us, share * 100);
  }
  return fmt::format(
      R"({{"operations":{},"seconds":{:.3f},"operations_per_s":{:.0f},"p50_us":{:.1f},)"
      R"("p99_us":{:.1f},"max_us":{:.1f},"server_cpu_us_per_operation":{:.3f},)"
      R"("client_cpu_share":{:.3f}}})"
      "\n",
      taken.count(), seconds, count / seconds, us(0.5), us(0.99),
      static_cast<double>(taken.max()) / 1e3, server_us, share);
}

}  // namespace seshdb::bench
