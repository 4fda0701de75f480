// How much memory the server has, and how much there is.
#pragma once

#include <cstdint>
#include <string>

namespace seshdb {

/// Bytes of this process that stand in memory; 0 where that cannot be told.
[[nodiscard]] std::uint64_t resident_bytes();

/// Gives memory that this thread has freed back to the system. Slow: for when it is short.
void give_back_memory();

/// The least limit on memory of this process's control group and of those above it, in bytes, of
/// version 2 (memory.max) or 1 (memory.limit_in_bytes); UINT64_MAX where there is none. `root`
/// stands before /proc and /sys.
[[nodiscard]] std::uint64_t group_limit_bytes(const std::string& root);

/// What this process may use, in bytes: of the machine, or of its control group where that allows
/// less.
[[nodiscard]] std::uint64_t available_bytes();

}  // namespace seshdb
