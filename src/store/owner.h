// Which core owns a session: it alone keeps the session and runs the commands about it.
#pragma once

#include <cstdint>

namespace seshdb::store {

/// The core, of `cores`, that owns the session of `token`. The same for ever for the same numbers:
/// each core's files hold the sessions that it owns. REQUIRES: cores > 0.
[[nodiscard]] std::uint32_t owner_of(std::uint64_t token, std::uint32_t cores);

}  // namespace seshdb::store
