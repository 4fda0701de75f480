// What the operating system knows of another process.
#pragma once

#include <cstdint>

namespace seshdb::bench {

/// CPU time, user and system together, in nanoseconds. Throws std::runtime_error where there is no
/// such process.
[[nodiscard]] std::uint64_t cpu_ns_of(int pid);

/// The same of this process.
[[nodiscard]] std::uint64_t own_cpu_ns();

struct Memory {
  std::uint64_t resident_kib = 0;
  std::uint64_t peak_kib = 0;
};
[[nodiscard]] Memory memory_of(int pid);

}  // namespace seshdb::bench
