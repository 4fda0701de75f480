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
#include "load/wire.h"

namespace seshdb::bench {

/// Nanoseconds on a clock that only goes forward.
[[nodiscard]] std::uint64_t now_ns();

/// What is kept of a request until its answer comes.
struct Tag {
  std::uint64_t due_ns = 0;  // when it was sent, or should have been
  std::uint32_t slot = 0;    // the rest is the Job's own
  std::uint16_t key = 0;
  std::uint8_t step = 0;
};
static_assert(sizeof(Tag) == 16, "there may be a million of them");

class Job {
 public:
  Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  virtual ~Job() = default;

  struct Request {
    std::string_view text;  // until the next call
    Tag tag;                // comes back with the answer
  };
  /// The next request, if one is due.
  [[nodiscard]] virtual std::optional<Request> next(std::uint64_t now) = 0;
  virtual void answered(const Tag& tag, std::string_view answer, std::uint64_t now) = 0;
  /// When the next request will be due, where that depends on time; else 0.
  [[nodiscard]] virtual std::uint64_t due_ns() const { return 0; }
  /// True once nothing more is to be waited for. Called once in every round.
  [[nodiscard]] virtual bool over(std::uint64_t now) = 0;
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
  /// Requests without an answer, for instance after a run; what they were about, in no order.
  [[nodiscard]] std::uint64_t unanswered() const { return unanswered_; }
  template <typename Visit>
  void for_each_unanswered(Visit visit) const {
    for (const Connection& connection : connections_) {
      for (const Tag& tag : connection.tags) visit(tag);
    }
  }

 private:
  struct Connection {
    int fd = -1;
    bool waits_to_write = false;
    std::uint32_t hang_ups = 0;  // of the server's, since it last answered
    std::unique_ptr<Wire> wire;
    Buffer in;
    Buffer out;
    std::deque<Tag> tags;  // of requests without an answer, oldest first
  };

  void open(Connection& connection);
  void greet(Connection& connection);
  void open_again(Connection& connection);
  void fill(Connection& connection, Job& job, std::uint32_t in_flight, std::uint64_t now);
  void send(Connection& connection, const Job::Request& request);
  void spread_due(Job& job, std::uint64_t now);
  void receive(Connection& connection, Job& job);
  void send_out(Connection& connection);

  const Options& options_;
  std::vector<Connection> connections_;
  std::uint64_t unanswered_ = 0;
  std::size_t turn_ = 0;        // whose turn it is to take what is due
  std::uint32_t of_burst_ = 0;  // so many it has taken
  int epoll_ = -1;
};

}  // namespace seshdb::bench
