// The file descriptors of the process: how many there are, how many the server needs for itself,
// and so how many connections there is room for.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace seshdb::server {

/// Raises the limit on open files as far as `connections_max` connections and `threads` cores need
/// it, and gives the number of connections that there is room for: `connections_max`, or fewer
/// where the limit cannot be raised so far, which is logged. The server's own files are counted
/// first, so that a full server still writes its log, checkpoints and saves. Gives what is wrong,
/// for people, where no connection would have room. Before anything else is opened.
[[nodiscard]] std::variant<std::uint32_t, std::string> room_for_connections(
    std::uint32_t connections_max, std::uint32_t threads);

}  // namespace seshdb::server
