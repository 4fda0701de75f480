// Sockets: listening and accepting. All sockets are non-blocking.
#pragma once

#include <cstdint>
#include <string>

#include "base/address.h"
#include "base/descriptor.h"
#include "base/result.h"

namespace seshdb::net {

struct Listener {
  Descriptor socket;
  std::string address;  // the bound one, for people: "127.0.0.1:1987", "[::1]:1987"
};

/// Listens on `host` (an address, or a name that resolves to one) and `port` (0: a free one). A
/// port that another process listens on is an error.
[[nodiscard]] Result<Listener> listen_on(const std::string& host, std::uint16_t port);

/// Accepts the next waiting connection into `socket`. Returns 0 or an errno. `socket` is not open
/// on an error, or if no connection waits.
[[nodiscard]] int accept_from(const Descriptor& listener, Descriptor& socket);

/// The address of a socket's peer; that of all zeros where it has none.
[[nodiscard]] Address peer_of(int fd);

}  // namespace seshdb::net
