// Making and parsing tokens. A token is the only thing that protects one user's data from another,
// so it is either random or a keyed MAC that needs the secret.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/buffer.h"

namespace seshdb::store {

/// The server's secret: 256 random bits.
using Secret = std::array<unsigned char, 32>;
[[nodiscard]] Secret make_secret();

/// Parses a token: a decimal number from 1 to 2^64-1 without leading zeros. Nothing for any other
/// text.
[[nodiscard]] std::optional<std::uint64_t> parse_token(std::string_view text);

/// Appends a token as a JSON string of its digits.
void append_token(std::uint64_t token, Buffer& out);

/// The token of the shared session `name`: the first 64 bits of the HMAC-SHA-256 (RFC 2104) of the
/// decoded name under `secret`; 1 where these are 0.
[[nodiscard]] std::uint64_t shared_token(const Secret& secret, std::string_view name);

}  // namespace seshdb::store
