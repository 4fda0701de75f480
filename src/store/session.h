// One session as the store keeps it: token, deadline, revision and keys, in 48 bytes, or 56 where
// tokens have 128 bits. The store ends or clears it after its deadline.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "store/keys.h"
#include "store/revisions.h"
#include "store/tokens.h"

namespace seshdb::store {

/// Expiry settings as a client gives them.
struct Expiry {
  std::uint32_t duration_s = 0;  // 0: never
  bool delete_session = true;    // false: each deadline removes only the keys
  bool sliding = false;
};

/// Mixes the bits of a token, so that upper and lower bits of the result can index a table.
[[nodiscard]] constexpr std::uint64_t token_hash(std::uint64_t token) {
  token ^= token >> 32U;
  token *= 0x9E3779B97F4A7C15U;
  return token ^ token >> 32U;
}

/// The token of a hash.
[[nodiscard]] constexpr std::uint64_t token_of_hash(std::uint64_t hash) {
  hash ^= hash >> 32U;
  hash *= 0xF1DE83E19937733DU;  // the inverse of the factor above, modulo 2^64
  return hash ^ hash >> 32U;
}
static_assert(token_of_hash(token_hash(0x123456789ABCDEF0U)) == 0x123456789ABCDEF0U);

/// The latest deadline of a session (56 bits), on the monotonic clock.
inline constexpr std::uint64_t kDeadlineMsMax = (std::uint64_t{1} << 56U) - 1;

class Session {
 public:
  Session() = default;
  Session(std::uint64_t token, bool shared) : token_(token), shared_(shared ? 1 : 0) {}

  [[nodiscard]] bool empty() const { return token_ == 0; }
  [[nodiscard]] std::uint64_t hash() const { return token_hash(token_); }

  /// The lower half, where its token has 128 bits.
  [[nodiscard]] std::uint64_t token() const { return token_; }
  [[nodiscard]] bool shared() const { return shared_ != 0; }
  [[nodiscard]] const Keys& keys() const { return keys_; }
  [[nodiscard]] bool has_tags() const { return tagged_ != 0; }
  /// Did it have other tokens before this one?
  [[nodiscard]] bool was_rotated() const { return rotated_ != 0; }
  /// Grows with each change of the keys, and is never given twice by the session's core: 1 to
  /// kRevisionMax.
  [[nodiscard]] std::uint64_t revision() const { return revision_; }
  [[nodiscard]] bool expires() const { return duration_s_ != 0; }
  [[nodiscard]] std::uint64_t deadline_ms() const { return deadline_ms_; }
  [[nodiscard]] Expiry expiry() const {
    return {.duration_s = duration_s_,
            .delete_session = delete_session_ != 0,
            .sliding = sliding_ != 0};
  }
  /// From its deadline on, a session is expired.
  [[nodiscard]] bool expired(std::uint64_t now_ms) const {
    return expires() && now_ms >= deadline_ms_;
  }

 private:
  friend class Store;
  friend class Draft;
  friend class Discarded;

  std::uint64_t token_ = 0;  // 0: an empty slot
  std::uint64_t deadline_ms_ : 56 = 0;
  std::uint64_t shared_ : 1 = 0;
  std::uint64_t delete_session_ : 1 = 1;
  std::uint64_t sliding_ : 1 = 0;
  std::uint64_t sweep_ : 1 = 0;        // the store's sweep_ when the session was last queued
  std::uint64_t snapshot_ : 1 = 0;     // the store's snapshot_turn_ when it was last written
  std::uint64_t clock_ahead_ : 1 = 0;  // the batch has an older deadline
  std::uint64_t tagged_ : 1 = 0;       // it has tags
  std::uint64_t rotated_ : 1 = 0;      // it had other tokens
  std::uint32_t duration_s_ = 0;
  std::uint32_t queued_tick_ = 0;  // its tick in the expiry wheel; 0: not queued
  std::uint64_t revision_ = 0;
  Keys keys_;
};

/// One whose token has 128 bits.
class WideSession final : public Session {
 private:
  friend class SessionTable;

  UpperHalf upper_;
};

static_assert(sizeof(Session) == 48, "the memory of a million sessions depends on it");
static_assert(sizeof(WideSession) == 56, "the same");

}  // namespace seshdb::store
