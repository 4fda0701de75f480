// How much memory the server has, and how much there is.
#pragma once

#include <cstdint>

namespace seshdb::server {

/// Bytes of this process that stand in memory; 0 where that cannot be told.
[[nodiscard]] std::uint64_t resident_bytes();

/// Gives memory that this thread has freed back to the system. Slow: for when it is short.
void give_back_memory();

/// What this process may use, in bytes: of the machine, or of its control group where that allows
/// less (cgroup v2, memory.max).
[[nodiscard]] std::uint64_t available_bytes();

}  // namespace seshdb::server
