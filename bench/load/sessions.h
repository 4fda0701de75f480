// The sessions that the generator asks for, each in a slot: its token, and what has to be known so
// that no request meets a session that was ended before it arrived.
#pragma once

#include <cstdint>
#include <vector>

namespace seshdb::bench {

/// A log is emptied after so many appends: it never grows beyond 1 KiB, and one request in 65 is
/// spent on that.
inline constexpr std::uint8_t kAppendsMax = 64;

class Sessions {
 public:
  /// `some_end`: sessions are ended, so that requests under way are counted. `logged`: appends are.
  Sessions(std::uint32_t count, bool some_end, bool logged)
      : tokens_(count), under_way_(some_end ? count : 0), appends_(logged ? count : 0) {}

  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(tokens_.size()); }
  [[nodiscard]] std::uint64_t token(std::uint32_t slot) const { return tokens_[slot]; }
  /// The token will be asked for soon: it is fetched into the cache meanwhile.
  void prefetch(std::uint32_t slot) const { __builtin_prefetch(&tokens_[slot]); }
  /// Another session takes the slot, and may be asked for.
  void adopt(std::uint32_t slot, std::uint64_t token) {
    tokens_[slot] = token;
    if (some_end()) under_way_[slot] &= ~kClosed;
    if (!appends_.empty()) appends_[slot] = 0;
  }

  [[nodiscard]] bool some_end() const { return !under_way_.empty(); }
  // Below, REQUIRES: some_end().
  /// May be asked for: no other session is about to take the slot.
  [[nodiscard]] bool open(std::uint32_t slot) const { return (under_way_[slot] & kClosed) == 0; }
  /// Open, and nothing is under way to it.
  [[nodiscard]] bool quiet(std::uint32_t slot) const { return under_way_[slot] == 0; }
  /// Nothing more is to be sent to this session.
  void close(std::uint32_t slot) { under_way_[slot] |= kClosed; }
  void sent(std::uint32_t slot) { ++under_way_[slot]; }
  void answered(std::uint32_t slot) { --under_way_[slot]; }

  /// Counts an append; true if the log is to be emptied behind it. REQUIRES: logged.
  [[nodiscard]] bool fills_log(std::uint32_t slot) {
    if (++appends_[slot] < kAppendsMax) return false;
    appends_[slot] = 0;
    return true;
  }

 private:
  static constexpr std::uint32_t kClosed = 1U << 31U;

  std::vector<std::uint64_t> tokens_;
  std::vector<std::uint32_t> under_way_;  // requests without an answer; the top bit: closed
  std::vector<std::uint8_t> appends_;     // since the log was emptied
};

}  // namespace seshdb::bench
