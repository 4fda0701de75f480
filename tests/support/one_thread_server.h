// A whole server without threads, sockets or real time: cores whose turns the caller runs, clients
// that are lines in memory, a manual clock. It is deterministic. A core waits between its turns, as
// in the kernel, and runs a turn only for an event.
#pragma once

#include <sys/epoll.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "base/random.h"
#include "core/core.h"
#include "support/memory_transport.h"
#include "support/token_bits.h"

namespace seshdb::testing {

class OneThreadServer {
 public:
  struct Settings {
    std::uint32_t cores = 1;
    net::ConnectionSettings connections;
    store::Secret secret{};
    std::uint64_t tick_ms = 1'000;
    store::TokenBits token_bits = token_bits_of_environment();
    /// Of a core; null: the system's randomness, and memory alone.
    std::function<std::unique_ptr<Random>(std::uint32_t core)> random{};
    std::function<std::unique_ptr<engine::Engine>(std::uint32_t core, store::Store& store)>
        engine{};
  };

  explicit OneThreadServer(Settings settings);

  /// Replaces a core by a new one without clients.
  void replace_core(std::uint32_t index, const std::function<void(core::Core&)>& fill);
  void use_engine(std::uint32_t index);

  [[nodiscard]] std::uint32_t cores() const { return static_cast<std::uint32_t>(cores_.size()); }
  [[nodiscard]] core::Core& core(std::uint32_t index) { return *cores_[index]; }
  [[nodiscard]] core::Shared& shared() { return *shared_; }

  /// A client of that core. Its line has no limits at first.
  [[nodiscard]] std::shared_ptr<Line> connect(std::uint32_t core);
  /// True where the kernel would wake the core now: work left, an event, its bell, or a timeout.
  [[nodiscard]] bool is_due(std::uint32_t core) const;
  /// Runs one turn of a core, with events for what its clients have sent or can read.
  void turn(std::uint32_t core);
  /// Runs a turn of each core, and further turns until none is due.
  void run();
  /// Begins to stop, as server::Server does.
  void begin_stop();

 private:
  struct Client {
    std::uint32_t core;
    std::shared_ptr<Line> line;
  };
  // How long a core waits.
  struct Wait {
    bool is_busy = true;  // it does not wait
    std::uint64_t until_ms = 0;
  };

  void make_core(std::uint32_t index);
  [[nodiscard]] static std::uint32_t events_of(const Line& line, const MemoryPoller::Watch& watch);
  [[nodiscard]] std::vector<epoll_event> events_for(std::uint32_t index) const;

  Settings settings_;
  std::unique_ptr<core::Shared> shared_;
  std::vector<MemoryPoller*> pollers_;
  std::vector<std::unique_ptr<core::Core>> cores_;
  std::vector<Wait> waits_;
  std::vector<Client> clients_;
  int next_fd_ = 1'000'000;  // no descriptor of this process
};

/// The usual limits.
[[nodiscard]] inline net::ConnectionSettings usual_connections(const Clock& clock) {
  constexpr std::uint64_t kNeverMs = std::uint64_t{1} << 50U;
  return {.clock = clock,
          .message_bytes_max = limits::kMessageBytesMost,
          .unsent_bytes_max = limits::kUnsentBytesDefault,
          .push_bytes_max = limits::kUnsentBytesDefault,
          .handshake_ms = kNeverMs,
          .idle_ping_ms = kNeverMs,
          .idle_close_ms = 2 * kNeverMs,
          .origins = {}};
}

}  // namespace seshdb::testing
