// The process has one armed crash point. It is set before any thread starts, so reads need no lock.
#include "base/crash_point.h"

#include <signal.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace seshdb {

namespace {
std::string armed_name;
std::atomic<std::int64_t> left{0};
}  // namespace

namespace internal {

std::atomic<bool> crash_point_armed{false};

bool crash_point_reached(std::string_view name) {
  return name == armed_name && left.fetch_sub(1) == 1;
}

}  // namespace internal

bool arm_crash_point(const std::string& name_and_count) {
  const std::size_t colon = name_and_count.find(':');
  if (colon == 0 || colon == std::string::npos) return false;
  const std::int64_t count = std::strtoll(name_and_count.c_str() + colon + 1, nullptr, 10);
  if (count < 1) return false;
  armed_name = name_and_count.substr(0, colon);
  left = count;
  internal::crash_point_armed = true;
  return true;
}

void send_stop() { (void)kill(getpid(), SIGTERM); }

void crash() {
  (void)kill(getpid(), SIGKILL);
  for (;;) pause();
}

}  // namespace seshdb
