// Clients that come and go: each connects, does a TLS handshake, sends one small request, takes its
// answer and leaves, so that the handshakes are what is measured.
#pragma once

#include <string>

#include "load/options.h"

namespace seshdb::bench {

/// Keeps `connections` clients under way at any time, and returns the report of the measured time.
/// Throws std::runtime_error if a client fails, or if none comes to its end for ten seconds.
/// REQUIRES: options.tls.
[[nodiscard]] std::string measure_handshakes(const Options& options);

}  // namespace seshdb::bench
