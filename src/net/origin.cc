// Comparing origins without regard to case, as RFC 6454 has it for scheme and host.
#include "net/origin.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace seshdb::net {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

// "localhost", "127.0.0.1" or "[::1]", with or without a port.
bool is_address(std::string_view host) {
  if (!host.empty() && host.front() == '[') {
    host = host.substr(1, host.find(']') - 1);
  } else {
    host = host.substr(0, host.rfind(':'));
  }
  if (same(host, "localhost")) {
    return true;
  }
  std::array<unsigned char, sizeof(in6_addr)> address{};
  const std::string text(host);
  return inet_pton(AF_INET, text.c_str(), address.data()) == 1 ||
         inet_pton(AF_INET6, text.c_str(), address.data()) == 1;
}

}  // namespace

bool OriginPolicy::allows(std::string_view origin, std::string_view host) const {
  const bool named = std::any_of(allowed_.begin(), allowed_.end(), [&](const std::string& allowed) {
    return allowed == "*" || same(allowed, origin);
  });
  return named || (is_address(host) && same(origin, "http://" + std::string(host)));
}

}  // namespace seshdb::net
