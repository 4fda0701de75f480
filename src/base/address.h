// Internet addresses of clients. An IPv4 address is the IPv6 address that it is mapped to (RFC
// 4291, 2.5.5.2), so both have one form.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

struct sockaddr_storage;

namespace seshdb {

struct Address {
  std::array<unsigned char, 16> bytes{};

  friend bool operator==(const Address&, const Address&) = default;

  [[nodiscard]] bool is_v4() const;
  /// 127.0.0.0/8 or ::1.
  [[nodiscard]] bool is_loopback() const;
  /// What counts as one client: an IPv4 address, or the /64 of an IPv6 address, since a client
  /// commonly has a whole /64.
  [[nodiscard]] Address client() const;
};

/// An address as text, without a port. IPv6 may be in square brackets.
[[nodiscard]] std::optional<Address> address_from(std::string_view text);
/// The address of a socket; that of all zeros where it is not one of the internet.
[[nodiscard]] Address address_from(const sockaddr_storage& from);

/// A network, or a single address (RFC 4632).
struct Network {
  Address address;
  unsigned bits = 128;  // of its prefix, counted in IPv6 addresses

  [[nodiscard]] bool contains(const Address& address) const;
};

[[nodiscard]] bool contains(std::span<const Network> networks, const Address& address);

/// `ADDRESS/BITS`, or an address alone. Bits behind the prefix have to be 0.
[[nodiscard]] std::optional<Network> network_from(std::string_view text);

}  // namespace seshdb
