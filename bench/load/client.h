// Many connections to one server, driven by one thread with epoll. A Job decides what to send and
// checks the answers. The client sends all requests that one round of answers allows in one write.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "load/stream.h"
#include "load/wire.h"

namespace seshdb::bench {

/// Nanoseconds on a monotonic clock.
[[nodiscard]] std::uint64_t now_ns();

/// What the client keeps of a request until its answer arrives.
struct Tag {
  std::uint64_t due_ns = 0;  // when it was sent, or should have been
  std::uint32_t slot = 0;    // this and the rest belong to the Job
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
    std::string_view text;  // valid until the next call
    Tag tag;                // passed back with the answer
  };
  /// The next request, if one is due.
  [[nodiscard]] virtual std::optional<Request> next(std::uint64_t now) = 0;
  virtual void answered(const Tag& tag, std::string_view answer, std::uint64_t now) = 0;
  /// When the next request is due, if that depends on time; else 0.
  [[nodiscard]] virtual std::uint64_t due_ns() const { return 0; }
  /// True if there is nothing more to wait for. Called once in every round.
  [[nodiscard]] virtual bool over(std::uint64_t now) = 0;
};

class Client {
 public:
  /// Opens all connections. Here and below: throws std::runtime_error if the server answers
  /// something unexpected, or nothing for ten seconds.
  explicit Client(const Options& options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Runs the job with `in_flight` requests on each connection; 0 means as many as are due.
  void run(Job& job, std::uint32_t in_flight);
  /// Calls the function with the tag of each request that has no answer, in no particular order.
  [[nodiscard]] std::uint64_t unanswered() const { return unanswered_; }
  template <typename Visit>
  void for_each_unanswered(Visit visit) const {
    for (const Connection& connection : connections_) {
      for (const Tag& tag : connection.tags) visit(tag);
    }
  }

 private:
  struct Connection {
    Stream stream;
    bool waits_to_write = false;
    std::uint32_t hang_ups = 0;  // by the server since its last answer
    std::unique_ptr<Wire> wire;
    Buffer in;
    Buffer out;
    std::deque<Tag> tags;  // of the requests without an answer, oldest first
  };

  void open(Connection& connection);
  void greet(Connection& connection);
  void open_again(Connection& connection);
  void fill(Connection& connection, Job& job, std::uint32_t in_flight, std::uint64_t now);
  void send(Connection& connection, const Job::Request& request);
  void spread_due(Job& job, std::uint64_t now);
  void receive(Connection& connection, Job& job);
  [[nodiscard]] bool receive_some(Connection& connection, Job& job);
  void send_out(Connection& connection);

  const Options& options_;
  std::unique_ptr<TlsClient> tls_;  // null: no TLS
  std::vector<Connection> connections_;
  std::uint64_t unanswered_ = 0;
  std::size_t turn_ = 0;        // the connection that takes the next request that is due
  std::uint32_t of_burst_ = 0;  // how many of a burst it has taken
  int epoll_ = -1;
};

}  // namespace seshdb::bench
