// Reads and compares addresses by their 16 bytes.
#include "base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>

namespace seshdb {

namespace {

constexpr std::array<unsigned char, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr unsigned kV6Bits = 128;
constexpr unsigned kV4Bits = 32;

Address mapped(const in_addr& from) {
  Address address;
  std::copy(kMapped.begin(), kMapped.end(), address.bytes.begin());
  std::memcpy(address.bytes.data() + kMapped.size(), &from, sizeof(from));
  return address;
}

Address plain(const in6_addr& from) {
  Address address;
  std::memcpy(address.bytes.data(), &from, sizeof(from));
  return address;
}

// `address` with only its first `bits` bits.
Address prefix(Address address, unsigned bits) {
  for (unsigned i = 0; i < address.bytes.size(); ++i) {
    const unsigned kept = std::min(bits > 8 * i ? bits - 8 * i : 0, 8U);
    address.bytes.at(i) = static_cast<unsigned char>(address.bytes.at(i) & (0xFF00U >> kept));
  }
  return address;
}

}  // namespace

bool Address::is_v4() const { return std::equal(kMapped.begin(), kMapped.end(), bytes.begin()); }

bool Address::is_loopback() const {
  if (is_v4()) return bytes[kMapped.size()] == 127;
  Address one;
  one.bytes.back() = 1;
  return *this == one;
}

Address Address::client() const {
  constexpr unsigned kClientBits = 64;
  return is_v4() ? *this : prefix(*this, kClientBits);
}

std::optional<Address> address_from(std::string_view text) {
  const bool in_brackets = text.size() > 2 && text.front() == '[' && text.back() == ']';
  const std::string bare(in_brackets ? text.substr(1, text.size() - 2) : text);
  if (bare.find('\0') != std::string::npos) return std::nullopt;
  in6_addr v6{};
  if (inet_pton(AF_INET6, bare.c_str(), &v6) == 1) return plain(v6);
  in_addr v4{};
  if (!in_brackets && inet_pton(AF_INET, bare.c_str(), &v4) == 1) return mapped(v4);
  return std::nullopt;
}

Address address_from(const sockaddr_storage& from) {
  if (from.ss_family == AF_INET) {
    return mapped(reinterpret_cast<const sockaddr_in&>(from).sin_addr);
  }
  if (from.ss_family == AF_INET6) {
    return plain(reinterpret_cast<const sockaddr_in6&>(from).sin6_addr);
  }
  return {};
}

bool Network::contains(const Address& other) const { return prefix(other, bits) == address; }

bool contains(std::span<const Network> networks, const Address& address) {
  return std::any_of(networks.begin(), networks.end(),
                     [&address](const Network& network) { return network.contains(address); });
}

std::optional<Network> network_from(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view host = text.substr(0, slash);
  const std::optional<Address> address = address_from(host);
  if (!address) return std::nullopt;
  Network network{.address = *address};
  if (slash != std::string_view::npos) {
    const bool is_v4 = host.find(':') == std::string_view::npos;
    const unsigned most = is_v4 ? kV4Bits : kV6Bits;
    const char* const begin = text.data() + slash + 1;
    const char* const end = text.data() + text.size();
    unsigned bits = 0;
    const auto [behind, error] = std::from_chars(begin, end, bits);
    if (error != std::errc() || behind != end || bits > most) return std::nullopt;
    network.bits = bits + (kV6Bits - most);
  }
  if (prefix(network.address, network.bits) != network.address) return std::nullopt;
  return network;
}

}  // namespace seshdb
