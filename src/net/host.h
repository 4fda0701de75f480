// The host that a request is addressed to, as a Host header and a target spell it (RFC 9110,
// section 7.2). Only what has one reading is a host here: names as the DNS has them, and addresses.
#pragma once

#include <cstddef>
#include <string_view>

namespace seshdb::net {

/// Is `host` a name or an address, with or without a port? Escapes, user information, lists and
/// zones are refused, an empty host too.
[[nodiscard]] bool is_host(std::string_view host);

/// `host` without its port. REQUIRES: is_host(host), or an empty text.
[[nodiscard]] std::string_view without_port(std::string_view host);

/// Is this `localhost` or an IP address, with or without a port?
[[nodiscard]] bool is_address(std::string_view host);

/// Compares without regard to the case of ASCII letters.
[[nodiscard]] bool same_letters(std::string_view a, std::string_view b);

/// The bytes of the scheme `http://` or `https://` that `text` begins with, in any case; else 0.
[[nodiscard]] std::size_t web_scheme_bytes(std::string_view text);

}  // namespace seshdb::net
