// Tokens in tests: how many bits they have, and what they say.
#pragma once

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

#include "store/store.h"
#include "store/tokens.h"

namespace seshdb::testing {

/// By SESHDB_TEST_TOKEN_BITS: "128", else 64.
inline store::TokenBits token_bits_of_environment() {
  const char* const bits = std::getenv("SESHDB_TEST_TOKEN_BITS");
  const bool is_wide = bits != nullptr && std::string_view(bits) == "128";
  return is_wide ? store::TokenBits::k128 : store::TokenBits::k64;
}

/// The digits of a token.
inline std::string text_of(const store::Token& token) {
  std::array<char, store::kTokenDigitsMax> digits{};
  return {digits.data(), store::write_token(token, digits.data())};
}

/// The session of a token's digits in the store, or null; ignores expiry.
inline const store::Session* session_of(const store::Store& store, std::string_view digits) {
  const store::Token token = store::parse_token(digits);
  return store.has(token) ? store.peek(token.lower) : nullptr;
}

/// Digits of a token with the same lower half, and an upper half in which one bit differs.
inline std::string with_other_upper(std::string_view digits) {
  const store::Token token = store::parse_token(digits);
  return text_of({token.lower, store::UpperHalf(token.upper.bits() ^ 2U)});
}

}  // namespace seshdb::testing
