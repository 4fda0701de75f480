// Reads /proc and /sys.
#include "base/memory.h"

#include <unistd.h>

#include <malloc.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

// Not null if the program is linked with mimalloc.
extern "C" __attribute__((weak)) void mi_collect(bool force);

namespace seshdb {

namespace {

std::uint64_t page_bytes() { return static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)); }

// A hierarchy of control groups that may limit memory.
struct Hierarchy {
  bool is_v2;
  std::string mount;        // the directory of the topmost visible group
  std::string mount_root;   // the path of that group in the hierarchy
  std::string group = "/";  // the path of this process's group
};

bool has_word(std::string_view list, std::string_view word) {
  return (',' + std::string(list) + ',').find(',' + std::string(word) + ',') != std::string::npos;
}

// Parses /proc/self/mountinfo (proc(5)): "36 35 98:0 ROOT MOUNT OPTIONS [TAG...] - TYPE SOURCE
// OPTIONS".
std::vector<Hierarchy> hierarchies(const std::string& root) {
  std::vector<Hierarchy> found;
  std::ifstream mounts(root + "/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream words(line);
    std::string word;
    std::string group;
    std::string mount;
    words >> word >> word >> word >> group >> mount;
    while (words >> word && word != "-") {
    }
    std::string type;
    std::string options;
    words >> type >> word >> options;
    const bool is_v2 = type == "cgroup2";
    if (is_v2 || (type == "cgroup" && has_word(options, "memory"))) {
      found.push_back({.is_v2 = is_v2, .mount = std::move(mount), .mount_root = std::move(group)});
    }
  }
  return found;
}

// Parses /proc/self/cgroup (cgroups(7)): "NUMBER:CONTROLLERS:PATH", "0::PATH" for version 2.
void find_groups(const std::string& root, std::vector<Hierarchy>& hierarchies) {
  std::ifstream groups(root + "/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    for (Hierarchy& hierarchy : hierarchies) {
      if (hierarchy.is_v2 ? line.rfind("0::", 0) == 0 : has_word(controllers, "memory")) {
        hierarchy.group = line.substr(second + 1);
      }
    }
  }
}

// The least limit of this process's group and of the visible groups above it.
std::uint64_t least_limit(const std::string& root, const Hierarchy& hierarchy) {
  const std::string file = hierarchy.is_v2 ? "/memory.max" : "/memory.limit_in_bytes";
  std::string group = hierarchy.group;
  if (hierarchy.mount_root != "/" && group.rfind(hierarchy.mount_root, 0) == 0) {
    group.erase(0, hierarchy.mount_root.size());
  }
  std::uint64_t least = UINT64_MAX;
  for (;;) {
    std::ifstream limit(root + hierarchy.mount + group + file);
    std::uint64_t bytes = 0;
    if (limit >> bytes) least = std::min(least, bytes);  // "max" is no number
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
    // A sanitizer does not use glibc's heap; there, malloc_trim in two threads would race.
    (void)malloc_trim(0);
#endif
  }
}

std::uint64_t group_limit_bytes(const std::string& root) {
  std::vector<Hierarchy> all = hierarchies(root);
  find_groups(root, all);
  std::uint64_t least = UINT64_MAX;
  for (const Hierarchy& hierarchy : all) least = std::min(least, least_limit(root, hierarchy));
  return least;
}

std::uint64_t available_bytes() {
  const auto pages = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES));
  return std::min(pages * page_bytes(), group_limit_bytes(""));
}

}  // namespace seshdb
