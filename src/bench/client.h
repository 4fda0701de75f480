// Many connections to one server, driven by one thread with epoll. What to send, and what to make
// of answers, is the Job's affair. Sends all that one round of answers allows in one write.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "bench/wire.h"

namespace seshdb::bench {

/// Nanoseconds on a clock that only goes forward.
[[nodiscard]] std::uint64_t now_ns();

class Job {
 public:
  Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  virtual ~Job() = default;

  struct Request {
    std::string_view text;  // until the next call
    std::uint64_t tag;      // comes back with the answer
  };
  /// The next request, if one is due.
  [[nodiscard]] virtual std::optional<Request> next(std::uint64_t now) = 0;
  virtual void answered(std::uint64_t tag, std::string_view answer, std::uint64_t now) = 0;
  /// When the next request will be due, where that depends on time; else 0.
  [[nodiscard]] virtual std::uint64_t due_ns() const { return 0; }
  /// True once nothing more is to be waited for.
  [[nodiscard]] virtual bool over(std::uint64_t now) const = 0;
};

class Client {
 public:
  /// Opens all connections. Throws std::runtime_error, here and below, where the server does not
  /// play along or does not answer for ten seconds.
  explicit Client(const Options& options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// With `in_flight` requests on each connection, or 0 for as many as are due.
  void run(Job& job, std::uint32_t in_flight);

 private:
  struct Connection {
    int fd = -1;
    bool waits_to_write = false;
    std::unique_ptr<Wire> wire;
    Buffer in;
    Buffer out;
    std::deque<std::uint64_t> tags;  // of requests without an answer, oldest first
  };

  void open(Connection& connection, const Options& options);
  void greet(Connection& connection);
  void fill(Connection& connection, Job& job, std::uint32_t in_flight, std::uint64_t now);
  void spread_due(Job& job, std::uint64_t now);
  void receive(Connection& connection, Job& job);
  void send_out(Connection& connection);

  std::vector<Connection> connections_;
  std::size_t turn_ = 0;  // whose turn it is to take what is due
  int epoll_ = -1;
};

}  // namespace seshdb::bench
