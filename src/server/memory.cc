// Read from /proc and /sys.
#include "server/memory.h"

#include <unistd.h>

#include <malloc.h>

#include <algorithm>
#include <fstream>
#include <string>

// mimalloc's, where the program is linked with it.
extern "C" __attribute__((weak)) void mi_collect(bool force);

namespace seshdb::server {

namespace {

std::uint64_t page_bytes() { return static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)); }

// The least of the limits that hold for this process: its group's and those above it.
std::uint64_t group_limit() {
  constexpr std::string_view kHierarchy = "0::";
  std::ifstream groups("/proc/self/cgroup");
  std::string group;
  while (std::getline(groups, group) && group.rfind(kHierarchy, 0) != 0) {
  }
  group.erase(0, kHierarchy.size());
  std::uint64_t least = UINT64_MAX;
  for (;;) {
    std::ifstream file("/sys/fs/cgroup" + group + "/memory.max");
    std::uint64_t bytes = 0;
    if (file >> bytes) least = std::min(least, bytes);  // "max" is no number
    const std::size_t slash = group.rfind('/');
    if (slash == std::string::npos) return least;
    group.erase(slash);
  }
}

}  // namespace

std::uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  return file >> total >> resident ? resident * page_bytes() : 0;
}

void give_back_memory() {
  if (mi_collect != nullptr) {
    mi_collect(true);
  } else {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    // With a sanitizer glibc's heap stands unused, and two threads at once would set it up twice.
    (void)malloc_trim(0);
#endif
  }
}

std::uint64_t available_bytes() {
  const auto pages = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES));
  return std::min(pages * page_bytes(), group_limit());
}

}  // namespace seshdb::server
