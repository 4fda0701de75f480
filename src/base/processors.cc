// The kernel's CPU affinity mask tells which processors the process may use.
#include "base/processors.h"

#include <sched.h>

#include <algorithm>
#include <thread>

#include "base/limits.h"

namespace seshdb {

std::uint32_t usable_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) != 0) {
    return std::max(1U, std::thread::hardware_concurrency());
  }
  return static_cast<std::uint32_t>(
      std::clamp(CPU_COUNT(&set), 1, static_cast<int>(limits::kThreadsMost)));
}

}  // namespace seshdb
