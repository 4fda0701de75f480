// The generator's sessions, one in each slot. A slot has the token, and the state that prevents a
// request for a session that has ended.
#pragma once

#include <cstdint>
#include <vector>

#include "load/decimal.h"

namespace seshdb::bench {

/// A log is emptied after this many appends, so that it never exceeds 1 KiB. One request in 65 does
/// that.
inline constexpr std::uint8_t kAppendsMax = 64;

class Sessions {
 public:
  /// `some_end`: some work ends sessions, so requests under way are counted. `logged`: appends are
  /// counted.
  Sessions(std::uint32_t count, bool some_end, bool logged)
      : tokens_(count), under_way_(some_end ? count : 0), appends_(logged ? count : 0) {}

  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(tokens_.size()); }
  [[nodiscard]] Token token(std::uint32_t slot) const { return tokens_[slot]; }
  /// Prefetches the token into the cache.
  void prefetch(std::uint32_t slot) const { __builtin_prefetch(&tokens_[slot]); }
  /// Puts another session into the slot; requests may use it.
  void adopt(std::uint32_t slot, Token token) {
    tokens_[slot] = token;
    if (some_end()) under_way_[slot] &= ~kClosed;
    if (!appends_.empty()) appends_[slot] = 0;
  }

  [[nodiscard]] bool some_end() const { return !under_way_.empty(); }
  // Below, REQUIRES: some_end().
  /// Requests may use the session: the slot does not wait for another one.
  [[nodiscard]] bool open(std::uint32_t slot) const { return (under_way_[slot] & kClosed) == 0; }
  /// Open, and no request for it is under way.
  [[nodiscard]] bool quiet(std::uint32_t slot) const { return under_way_[slot] == 0; }
  /// No more requests may use the session.
  void close(std::uint32_t slot) { under_way_[slot] |= kClosed; }
  void sent(std::uint32_t slot) { ++under_way_[slot]; }
  void answered(std::uint32_t slot) { --under_way_[slot]; }

  /// Counts an append. True if the log must be emptied after it. REQUIRES: logged.
  [[nodiscard]] bool fills_log(std::uint32_t slot) {
    if (++appends_[slot] < kAppendsMax) return false;
    appends_[slot] = 0;
    return true;
  }

 private:
  static constexpr std::uint32_t kClosed = 1U << 31U;

  std::vector<Token> tokens_;
  std::vector<std::uint32_t> under_way_;  // requests without an answer; the top bit: closed
  std::vector<std::uint8_t> appends_;     // since the log was emptied
};

}  // namespace seshdb::bench
