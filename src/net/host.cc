// Bytes of a host by a table-free look at each; addresses by the C library.
#include "net/host.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/ascii.h"

namespace seshdb::net {

namespace {

bool is_name_byte(char c) {
  const char small = lower(c);
  return (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

// Digits up to 65535, or nothing at all (RFC 3986, section 3.2.3).
bool is_port(std::string_view text) {
  constexpr std::size_t kDigitsMax = 5;
  constexpr unsigned kPortMax = 65'535;
  if (text.empty()) return true;
  unsigned port = 0;
  const char* const end = text.data() + text.size();
  const auto [behind, error] = std::from_chars(text.data(), end, port);
  return text.size() <= kDigitsMax && error == std::errc() && behind == end && port <= kPortMax;
}

bool is_ip(int family, std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size()) return false;
  std::copy(text.begin(), text.end(), terminated.begin());
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return inet_pton(family, terminated.data(), address.data()) == 1;
}

// Bytes of the host in front of its port.
std::size_t name_bytes(std::string_view host) {
  if (host.starts_with('[')) return std::min(host.find(']'), host.size() - 1) + 1;
  return std::min(host.find(':'), host.size());
}

}  // namespace

bool same_letters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::size_t web_scheme_bytes(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (same_letters(text.substr(0, scheme.size()), scheme)) return scheme.size();
  }
  return 0;
}

std::string_view without_port(std::string_view host) { return host.substr(0, name_bytes(host)); }

bool is_host(std::string_view host) {
  const std::string_view name = without_port(host);
  std::string_view port = host.substr(name.size());
  if (!port.empty() && port.front() != ':') return false;
  if (!port.empty()) port.remove_prefix(1);
  if (name.empty() || !is_port(port)) return false;
  if (name.front() == '[') {
    return name.back() == ']' && is_ip(AF_INET6, name.substr(1, name.size() - 2));
  }
  return std::all_of(name.begin(), name.end(), is_name_byte);
}

bool is_address(std::string_view host) {
  if (!is_host(host)) return false;
  const std::string_view name = without_port(host);
  return name.front() == '[' || same_letters(name, "localhost") || is_ip(AF_INET, name);
}

}  // namespace seshdb::net
