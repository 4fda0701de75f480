// The file descriptors of the process: how many it may have, how many the server needs for itself,
// and how many connections that leaves room for.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace seshdb::server {

/// Raises the limit on open files as far as `connections_max` connections and `threads` cores need.
/// Gives the number of connections that there is room for: `connections_max`, or fewer if the limit
/// cannot be raised that far; then it logs a warning. The server's own files are counted first, so
/// that a full server can still write its log, checkpoints and saves. An error if there is no room
/// for any connection. Call it before anything else is opened.
[[nodiscard]] Result<std::uint32_t> room_for_connections(std::uint32_t connections_max,
                                                         std::uint32_t threads);

}  // namespace seshdb::server
