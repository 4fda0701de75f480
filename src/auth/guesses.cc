// Each shard of addresses has its own lock and order of age.
#include "auth/guesses.h"

#include <algorithm>
#include <cstring>
#include <functional>

#include "base/random.h"

namespace seshdb::auth {

namespace {

constexpr std::uint64_t kMinuteMs = 60'000;

// The finalizer of MurmurHash3: each bit of the input changes each bit of the result.
std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 33U)) * 0xFF51AFD7ED558CCDU;
  x = (x ^ (x >> 33U)) * 0xC4CEB9FE1A85EC53U;
  return x ^ (x >> 33U);
}

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  random_fill(&seed, sizeof(seed));
  return seed;
}

}  // namespace

Guesses::Guesses(std::uint32_t per_minute, std::size_t clients_most)
    : per_minute_(per_minute),
      clients_most_(std::max<std::size_t>(1, clients_most / kShards)),
      seed_(random_seed()) {}

// The seed is secret, so nobody can choose an address that shares another's number.
std::uint64_t Guesses::client_of(const Address& address) const {
  const Address client = address.client();
  std::array<std::uint64_t, 2> words{};
  std::memcpy(words.data(), client.bytes.data(), client.bytes.size());
  const std::uint64_t hash = mixed(mixed(words[0] ^ seed_) ^ words[1] ^ seed_);
  return std::max<std::uint64_t>(hash, 1);
}

bool Guesses::is_blocked(std::uint64_t client, std::uint64_t now_ms) {
  if (now_ms >= blocked_until_ms_.load(std::memory_order_acquire)) return false;
  Shard& shard = shard_of(client);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.places.find(client);
  return found != shard.places.end() && now_ms < found->second->blocked_until_ms;
}

void Guesses::forget_oldest(Shard& shard) {
  shard.recent -= shard.clients.back().recent.size();
  shard.places.erase(shard.clients.back().id);
  shard.clients.pop_back();
}

Guesses::Client& Guesses::find_or_add(Shard& shard, std::uint64_t client) {
  if (const auto found = shard.places.find(client); found != shard.places.end()) {
    shard.clients.splice(shard.clients.begin(), shard.clients, found->second);
    return shard.clients.front();
  }
  if (shard.clients.size() == clients_most_) forget_oldest(shard);
  shard.clients.push_front({.id = client, .recent = {}});
  shard.places.emplace(client, shard.clients.begin());
  return shard.clients.front();
}

std::size_t Guesses::remembered() {
  std::size_t clients = 0;
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    clients += shard.clients.size();
  }
  return clients;
}

bool Guesses::add(std::uint64_t id, std::string_view text, std::uint64_t now_ms) {
  if (!counts()) return false;
  const std::uint64_t guess = std::hash<std::string_view>()(text);
  Shard& shard = shard_of(id);
  const std::lock_guard lock(shard.mutex);
  Client& client = find_or_add(shard, id);
  const auto first_recent =
      std::find_if(client.recent.begin(), client.recent.end(),
                   [now_ms](const Guess& one) { return one.at_ms + kMinuteMs > now_ms; });
  shard.recent -= static_cast<std::size_t>(first_recent - client.recent.begin());
  client.recent.erase(client.recent.begin(), first_recent);
  const bool is_known = std::any_of(client.recent.begin(), client.recent.end(),
                                    [guess](const Guess& one) { return one.hash == guess; });
  if (is_known) return now_ms < client.blocked_until_ms;
  guesses_.fetch_add(1, std::memory_order_relaxed);
  if (client.recent.size() < per_minute_) {
    client.recent.push_back({.hash = guess, .at_ms = now_ms});
    ++shard.recent;
    while (shard.recent > clients_most_ * kRecentAverage && shard.clients.size() > 1) {
      forget_oldest(shard);
    }
    return now_ms < client.blocked_until_ms;
  }
  if (now_ms >= client.blocked_until_ms) blocks_.fetch_add(1, std::memory_order_relaxed);
  client.blocked_until_ms = now_ms + kWaitSeconds * 1'000;
  std::uint64_t latest = blocked_until_ms_.load(std::memory_order_relaxed);
  while (latest < client.blocked_until_ms &&
         !blocked_until_ms_.compare_exchange_weak(latest, client.blocked_until_ms,
                                                  std::memory_order_release)) {
  }
  return true;
}

}  // namespace seshdb::auth
