// Counts wrong keys and tokens by the client's address, and says which addresses have to wait. One
// object for the whole server; any thread may call it. Its memory is bounded whatever addresses
// come: where it is full, those that guessed longest ago are forgotten.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/address.h"

namespace seshdb::auth {

class Guesses {
 public:
  /// After more than `per_minute` different guesses within a minute, an address waits for a minute.
  /// 0: nothing is counted. `clients_most`: addresses that are remembered.
  explicit Guesses(std::uint32_t per_minute, std::size_t clients_most = kClientsMost);

  [[nodiscard]] bool counts() const { return per_minute_ != 0; }
  /// The client of an address, as a number other than 0: see Address::client(). It is a hash with a
  /// random seed.
  [[nodiscard]] std::uint64_t client_of(const Address& address) const;
  /// Has the client to wait?
  [[nodiscard]] bool is_blocked(std::uint64_t client, std::uint64_t now_ms);
  /// A wrong key or token of a client. The same one counts once a minute. True where the client has
  /// to wait from now on.
  bool add(std::uint64_t client, std::string_view guess, std::uint64_t now_ms);

  /// How long an address waits, in seconds.
  static constexpr std::uint64_t kWaitSeconds = 60;
  static constexpr std::size_t kClientsMost = 65'536;

  /// How many clients are remembered.
  [[nodiscard]] std::size_t remembered();
  /// For metrics: how many guesses there were, and how often a client had to wait.
  [[nodiscard]] std::uint64_t guesses() const { return guesses_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t blocks() const { return blocks_.load(std::memory_order_relaxed); }

 private:
  struct Guess {
    std::uint64_t hash;
    std::uint64_t at_ms;
  };
  struct Client {
    std::uint64_t id;
    std::vector<Guess> recent;  // of the last minute, the oldest first
    std::uint64_t blocked_until_ms = 0;
  };
  // A share of the addresses. The newest guess is at the front.
  struct Shard {
    std::mutex mutex;
    std::list<Client> clients;
    std::unordered_map<std::uint64_t, std::list<Client>::iterator> places;
    std::size_t recent = 0;  // guesses in all clients
  };
  static constexpr std::size_t kShards = 16;
  // As many guesses are remembered as this for each address, on average.
  static constexpr std::size_t kRecentAverage = 16;

  [[nodiscard]] Shard& shard_of(std::uint64_t client) { return shards_.at(client % kShards); }
  void forget_oldest(Shard& shard);
  [[nodiscard]] Client& find_or_add(Shard& shard, std::uint64_t client);

  const std::uint32_t per_minute_;
  const std::size_t clients_most_;  // of a shard
  const std::uint64_t seed_;
  std::array<Shard, kShards> shards_;
  std::atomic<std::uint64_t> blocked_until_ms_{0};  // the latest of all
  std::atomic<std::uint64_t> guesses_{0};
  std::atomic<std::uint64_t> blocks_{0};
};

}  // namespace seshdb::auth
