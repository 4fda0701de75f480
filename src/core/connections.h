// The connections of one core by id, and what the poller watches for each. One thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/engine.h"
#include "net/connection.h"
#include "net/poller.h"

namespace seshdb::core {

class Connections {
 public:
  /// Identifies a connection; the core never uses an id twice.
  using Id = net::Connection::Id;

  struct Slot {
    std::unique_ptr<net::Connection> connection;
    std::uint32_t generation = 0;
    bool reads = true;  // as the poller watches it
    bool writes = false;

    // The outbox's.
    bool is_dirty = false;
    bool is_corked = false;
    std::uint64_t corked_ms = 0;
    engine::Ticket waits_for = 0;  // the last ticket that its answers wait for
  };

  /// `open`: how many connections all cores have. All must outlive it.
  Connections(net::Poller& poller, const net::ConnectionSettings& settings,
              std::atomic<std::uint32_t>& open)
      : poller_(poller), settings_(settings), open_(open) {}

  /// Adds a client, which is counted in `open` already. If the poller cannot watch it, logs that,
  /// returns null and leaves `transport` as it was.
  [[nodiscard]] net::Connection* add(std::unique_ptr<net::Transport>& transport,
                                     net::RequestHandler& handler, std::uint64_t now_ms);
  /// Closes the connection. REQUIRES: it exists.
  void remove(Id id);
  /// Null where the connection is gone.
  [[nodiscard]] Slot* find(Id id) {
    const auto index = static_cast<std::uint32_t>(id);
    const bool is_there = index < slots_.size() && slots_[index].connection != nullptr &&
                          slots_[index].connection->id() == id;
    return is_there ? &slots_[index] : nullptr;
  }
  /// Updates what the poller watches to what the connection waits for now.
  void watch(Slot& slot);
  [[nodiscard]] std::size_t size() const { return slots_.size() - free_.size(); }

  /// Calls visit(net::Connection&) for each; none may be added or removed meanwhile.
  template <typename Visit>
  void for_each(Visit visit) {
    for (Slot& slot : slots_) {
      if (slot.connection != nullptr) visit(*slot.connection);
    }
  }

 private:
  net::Poller& poller_;
  const net::ConnectionSettings& settings_;
  std::atomic<std::uint32_t>& open_;
  net::BufferPools pools_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
};

}  // namespace seshdb::core
