// Which core owns a session. Only that core keeps the session and runs its commands.
#pragma once

#include <cstdint>

namespace seshdb::store {

/// The index of the core, of `cores`, that owns the session of `token`. It must never change for
/// the same arguments: each core's files hold the sessions that it owns. REQUIRES: cores > 0.
[[nodiscard]] std::uint32_t owner_of(std::uint64_t token, std::uint32_t cores);

}  // namespace seshdb::store
