// Setters for values of settings. Each one reads a text; the error says what is allowed, and the
// setting is then as it was.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <system_error>

#include "base/result.h"
#include "server/config.h"

namespace seshdb::server {

template <typename Number>
Result<void> set_number(Number& to, const std::string& text, std::uint64_t least,
                        std::uint64_t most) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [behind, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || behind != end || number < least || number > most) {
    return fail("a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  to = static_cast<Number>(number);
  return {};
}

[[nodiscard]] Result<void> set_text(std::string& to, const std::string& text);
[[nodiscard]] Result<void> set_log_level(Config& config, const std::string& text);
[[nodiscard]] Result<void> set_echo(Config& config, const std::string& text);
[[nodiscard]] Result<void> set_sync(Config& config, const std::string& text);
[[nodiscard]] Result<void> set_checkpoint_ratio(Config& config, const std::string& text);
[[nodiscard]] Result<void> set_load_name(Config& config, const std::string& text);
[[nodiscard]] Result<void> set_crash_at(Config& config, const std::string& text);
[[nodiscard]] Result<void> set_tls_min(Config& config, const std::string& text);
[[nodiscard]] Result<void> set_token_bits(Config& config, const std::string& text);
[[nodiscard]] Result<void> set_anonymous(Config& config, const std::string& text);
/// Adds to the proxies.
[[nodiscard]] Result<void> add_trusted_proxy(Config& config, const std::string& text);
/// Adds to the origins.
[[nodiscard]] Result<void> add_origin(Config& config, const std::string& text);

}  // namespace seshdb::server
