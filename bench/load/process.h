// The CPU time and the memory of another process.
#pragma once

#include <cstdint>

namespace seshdb::bench {

/// The CPU time (user and system) in nanoseconds. Throws std::runtime_error if there is no such
/// process.
[[nodiscard]] std::uint64_t cpu_ns_of(int pid);

/// The CPU time of this process.
[[nodiscard]] std::uint64_t own_cpu_ns();

struct Memory {
  std::uint64_t resident_kib = 0;
  std::uint64_t peak_kib = 0;
};
[[nodiscard]] Memory memory_of(int pid);

}  // namespace seshdb::bench
