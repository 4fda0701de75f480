// What the cores of a server share. It is made before they start; only what any thread may change
// at any time changes.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/guesses.h"
#include "auth/key_ring.h"
#include "auth/policy.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/descriptor.h"
#include "base/limits.h"
#include "commands/bounds.h"
#include "core/mailbox.h"
#include "core/published.h"
#include "net/connection.h"
#include "net/transport.h"
#include "store/former_tokens.h"
#include "store/storage.h"
#include "store/tokens.h"

namespace seshdb::core {

struct Shared {
  const Clock& clock;
  store::Secret secret;
  store::TokenBits token_bits = store::TokenBits::k64;
  net::ConnectionSettings connections;
  commands::RequestBounds bounds{};
  auth::Policy policy{};
  auth::KeyRing keys{};
  auth::Guesses guesses{limits::kGuessesPerMinuteDefault};
  std::atomic<bool> told_of_proxy{false};  // see auth::Policy::only_direct
  /// The setting, or less where the process may open fewer descriptors.
  std::uint32_t connections_max = limits::kConnectionsMost;
  std::uint64_t memory_max = limits::kMemoryMost;  // bytes
  std::uint64_t tick_ms = 1'000;                   // how often timeouts are checked
  std::string save_path{};                         // directory of named saves; empty: none
  bool echo = false;  // answer each request with itself, to measure the transport alone
  std::uint64_t started_ms = clock.now_ms();
  /// What keeps the sessions, and when it syncs: see ServerFigures.
  std::string_view engine = "memory";
  std::string_view sync = "none";
  /// Makes the transport over the socket of a client. Any thread.
  std::function<std::unique_ptr<net::Transport>(Descriptor socket)> make_transport =
      [](Descriptor socket) { return std::make_unique<net::SocketTransport>(std::move(socket)); };
  bool speaks_tls = false;  // make_transport does
  /// Writes the body of GET /metrics.
  std::function<void(const Shared& shared, Buffer& out)> write_metrics{};
  std::vector<std::unique_ptr<Mailbox>> mailboxes{};  // one per core: see add_cores
  std::vector<std::unique_ptr<Published>> published{};

  store::ForeignTokens foreign_tokens{};  // see Store::share_former_tokens

  std::atomic<std::uint32_t> connection_count{0};
  std::atomic<bool> memory_full{false};  // as the first core last measured it
  /// How many cores have each storage, by its number; the entry of kGood has no meaning.
  std::array<std::atomic<std::uint32_t>, store::kStorages> storages{};
  std::atomic<std::uint32_t> quiet_cores{0};  // stopping, and without connections
  std::atomic<bool> saving{false};            // a save or load is under way
  std::atomic<bool> stop{false};              // accept nobody, close the connections
  std::atomic<bool> halt{false};              // leave the loop

  /// Adds a mailbox and figures for each core. REQUIRES: there are none.
  void add_cores(std::uint32_t cores) {
    for (std::uint32_t i = 0; i < cores; ++i) {
      mailboxes.push_back(std::make_unique<Mailbox>(cores));
      published.push_back(std::make_unique<Published>());
    }
  }
};

}  // namespace seshdb::core
