// Sockets: opening a listener, accepting. Non-blocking throughout.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "base/descriptor.h"

namespace seshdb::net {

struct Listener {
  Descriptor socket;
  std::string address;  // as bound, for people: "127.0.0.1:1987", "[::1]:1987"
};

/// Listens on `host` (an address, or a name that resolves to one) and `port` (0: a free one). Gives
/// the listener, or what failed, for people. A port that another process listens on is refused.
[[nodiscard]] std::variant<Listener, std::string> listen_on(const std::string& host,
                                                            std::uint16_t port);

/// The next waiting connection; not open where there is none, with `error` 0 or the errno.
[[nodiscard]] Descriptor accept_from(const Descriptor& listener, int& error);

}  // namespace seshdb::net
