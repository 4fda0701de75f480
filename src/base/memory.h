// The memory that the process uses and the memory that it may use.
#pragma once

#include <cstdint>
#include <string>

namespace seshdb {

/// The resident bytes of this process; 0 if they are not known.
[[nodiscard]] std::uint64_t resident_bytes();

/// Returns memory that this thread has freed to the system. Slow: use it when the core is idle or
/// memory is short.
void give_back_memory();

/// The least memory limit of this process's control group and of those above it, in bytes: version
/// 2 (memory.max) or 1 (memory.limit_in_bytes). UINT64_MAX if there is none. `root` is prepended to
/// /proc and /sys.
[[nodiscard]] std::uint64_t group_limit_bytes(const std::string& root);

/// The memory that this process may use, in bytes: the machine's, or the control group's limit if
/// that is less.
[[nodiscard]] std::uint64_t available_bytes();

}  // namespace seshdb
