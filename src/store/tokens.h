// Making, parsing, writing and comparing tokens. A token is the only thing that protects one user's
// data from another, so it is random, or a keyed MAC that needs the secret, or has a random half.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/buffer.h"

namespace seshdb::store {

/// The server's secret: 256 random bits.
using Secret = std::array<unsigned char, 32>;
[[nodiscard]] Secret make_secret();

/// How many bits a server's tokens have.
enum class TokenBits : std::uint8_t { k64 = 64, k128 = 128 };

/// The upper half of a token of 128 bits: random, and never 0. It leads to nothing; it proves that
/// a client was given the token. is_same() alone compares two of them.
class UpperHalf {
 public:
  /// None: that of a token of 64 bits.
  constexpr UpperHalf() = default;
  constexpr explicit UpperHalf(std::uint64_t bits) : bits_(bits) {}
  bool operator==(const UpperHalf& other) const = delete;

  [[nodiscard]] constexpr bool is_none() const { return bits_ == 0; }
  /// To write it down.
  [[nodiscard]] constexpr std::uint64_t bits() const { return bits_; }

 private:
  std::uint64_t bits_ = 0;
};

/// Are they the same? Takes the same time, whichever bits differ: there is no branch before all are
/// compared.
[[nodiscard]] constexpr bool is_same(UpperHalf a, UpperHalf b) {
  return (a.bits() ^ b.bits()) == 0;
}

/// A token: upper half times 2^64 + lower half. The lower half leads to the session; all inside the
/// server goes by it.
struct Token {
  constexpr Token() = default;
  /// One of 64 bits. REQUIRES: they are in a store of such tokens.
  constexpr Token(std::uint64_t its_lower) : lower(its_lower) {}
  constexpr Token(std::uint64_t its_lower, UpperHalf its_upper)
      : lower(its_lower), upper(its_upper) {}

  std::uint64_t lower = 0;  // 0: that of no session
  UpperHalf upper;
};

/// Orders tokens by their lower halves.
[[nodiscard]] constexpr bool has_less_lower(const Token& a, const Token& b) {
  return a.lower < b.lower;
}

/// The digits of the longest token.
inline constexpr std::size_t kTokenDigitsMax = 39;

/// Parses a decimal number from 1 to 2^128-1 without leading zeros. Any other text gives a token of
/// no session; so does a number whose lower half is 0.
[[nodiscard]] Token parse_token(std::string_view text);

/// The same for the position of a walk over sessions: a lower half, from 1 to 2^64-1, or 0 for any
/// other text. It is no token of 128 bits, so it opens nothing.
[[nodiscard]] std::uint64_t parse_cursor(std::string_view text);

/// Writes a token's digits to `to`, which has room for kTokenDigitsMax, and returns their end.
[[nodiscard]] char* write_token(const Token& token, char* to);
/// Appends a token as a JSON string of its digits.
void append_token(const Token& token, Buffer& out);

/// The token of the shared session `name`, or its lower half: the first 64 bits of the HMAC-SHA-256
/// (RFC 2104) of the decoded name under `secret`; 1 where these are 0.
[[nodiscard]] std::uint64_t shared_token(const Secret& secret, std::string_view name);

}  // namespace seshdb::store
