// Uses getrlimit(2), setrlimit(2), and /proc/self/fd for the descriptors that are open at the
// start.
#include "server/descriptors.h"

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>

#include "base/logging.h"

namespace seshdb::server {

namespace {

// The listener, the data directory and its lock, the secret, a connection that is being refused and
// the spare descriptor for it, the folder of a save and its parent, files below /proc and /sys, and
// those of the resolver.
constexpr std::uint64_t kOwn = 16;
// A poller, a bell, the file of a save, a checkpoint, and segments of the log: the current one, the
// next, two full ones, three in a sync, and one that is being trimmed.
constexpr std::uint64_t kPerCore = 12;
constexpr std::uint64_t kStandardStreams = 3;

// The descriptors that are open already, such as those from the parent process.
std::uint64_t open_descriptors() {
  std::error_code error;
  const std::filesystem::directory_iterator open("/proc/self/fd", error);
  if (error) return kStandardStreams;
  const auto count = static_cast<std::uint64_t>(std::distance(begin(open), end(open)));
  return count - 1;  // without the one of this listing
}

// Raises the limit to `needed`, or as far as this process may. Returns the new limit.
std::uint64_t raise_limit(std::uint64_t needed) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= needed) return limit.rlim_cur;
  const rlimit raised{.rlim_cur = needed, .rlim_max = std::max<rlim_t>(limit.rlim_max, needed)};
  if (setrlimit(RLIMIT_NOFILE, &raised) == 0) return needed;
  const rlimit most{.rlim_cur = std::min<rlim_t>(limit.rlim_max, needed),
                    .rlim_max = limit.rlim_max};
  (void)setrlimit(RLIMIT_NOFILE, &most);
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace

Result<std::uint32_t> room_for_connections(std::uint32_t connections_max, std::uint32_t threads) {
  const std::uint64_t own = open_descriptors() + kOwn + kPerCore * threads;
  const std::uint64_t needed = own + connections_max;
  const std::uint64_t allowed = raise_limit(needed);
  if (allowed >= needed) return connections_max;
  if (allowed <= own) {
    return fail("the limit on open files is " + std::to_string(allowed) +
                ", and the server needs " + std::to_string(own) +
                " for itself; raise the limit on open files (ulimit -Hn) or use fewer --threads");
  }
  const auto room = static_cast<std::uint32_t>(allowed - own);
  logging::warn(
      "the hard limit on open files is too low for connections_max; raise it (ulimit -Hn)",
      {{"connections_max", connections_max},
       {"connections_room", room},
       {"files_needed", needed},
       {"files_allowed", allowed}});
  return room;
}

}  // namespace seshdb::server
