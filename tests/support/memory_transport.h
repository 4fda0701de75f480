// The other end of a connection in the test's memory, and a poller that only records what is
// watched. A test controls everything that a kernel may do.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/poller.h"
#include "net/transport.h"

namespace seshdb::testing {

/// The connection between a client and its server.
struct Line {
  std::string to_server;              // sent by the client, not read yet
  std::string to_client;              // written by the server
  std::size_t read_most = SIZE_MAX;   // bytes that one read gives
  std::size_t write_room = SIZE_MAX;  // bytes that the server may still write before it is blocked
  bool client_ended = false;          // the client sends nothing more
  bool server_ended = false;          // the server sends nothing more
  bool is_broken = false;             // reset
  bool is_closed = false;             // the server has closed the connection
  int fd = 0;
  Address peer;                    // the client's
  std::function<void()> on_write;  // the server has written something
};

class MemoryTransport final : public net::Transport {
 public:
  explicit MemoryTransport(std::shared_ptr<Line> line) : line_(std::move(line)) {}
  ~MemoryTransport() override { line_->is_closed = true; }

  [[nodiscard]] int fd() const override { return line_->fd; }
  [[nodiscard]] Io read(char* to, std::size_t bytes) override {
    if (line_->is_broken) return {0, State::kFailed};
    std::string& from = line_->to_server;
    if (from.empty()) return {0, line_->client_ended ? State::kEnded : State::kBlocked};
    const std::size_t got = std::min({bytes, from.size(), line_->read_most});
    from.copy(to, got);
    from.erase(0, got);
    return {got, State::kDone};
  }
  [[nodiscard]] Io write(std::string_view bytes) override {
    if (line_->is_broken) return {0, State::kFailed};
    const std::size_t written = std::min(bytes.size(), line_->write_room);
    line_->to_client += bytes.substr(0, written);
    if (line_->write_room != SIZE_MAX) line_->write_room -= written;
    if (written != 0 && line_->on_write) line_->on_write();
    return {written, written == bytes.size() ? State::kDone : State::kBlocked};
  }
  [[nodiscard]] State end_output() override {
    line_->server_ended = true;
    return line_->is_broken ? State::kFailed : State::kDone;
  }
  [[nodiscard]] std::size_t readable_bytes() const override { return line_->to_server.size(); }
  [[nodiscard]] Address peer() const override { return line_->peer; }

 private:
  std::shared_ptr<Line> line_;
};

class MemoryPoller final : public net::Poller {
 public:
  struct Watch {
    std::uint64_t tag;
    bool reads;
    bool writes;
  };

  [[nodiscard]] int add(int fd, std::uint64_t tag, bool read, bool write) override {
    if (is_full) return ENOSPC;
    return watches.emplace(fd, Watch{tag, read, write}).second ? 0 : EEXIST;
  }
  void change(int fd, std::uint64_t tag, bool read, bool write) override {
    watches.at(fd) = {tag, read, write};
  }
  void remove(int fd) override { watches.erase(fd); }
  /// Not used: the test passes the events to each turn.
  [[nodiscard]] std::span<const epoll_event> wait(int /*timeout_ms*/) override { return {}; }

  bool is_full = false;
  std::map<int, Watch> watches;
};

}  // namespace seshdb::testing
