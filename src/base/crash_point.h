// Named points at which a test kills the process or sends it SIGTERM. They do nothing unless the
// option `--crash-at NAME:COUNT` arms one.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

namespace seshdb {

namespace internal {
extern std::atomic<bool> crash_point_armed;
bool crash_point_reached(std::string_view name);
}  // namespace internal

/// Arms the point `NAME`: it acts when the process reaches it for the COUNTth time. Returns false
/// if the text does not have the form `NAME:COUNT`.
[[nodiscard]] bool arm_crash_point(const std::string& name_and_count);

/// True if this point is armed and its count is reached. The caller then calls crash().
inline bool is_crash_point(std::string_view name) {
  return internal::crash_point_armed.load(std::memory_order_relaxed) &&
         internal::crash_point_reached(name);
}

/// Kills the process with SIGKILL.
[[noreturn]] void crash();

/// Sends SIGTERM to the process.
void send_stop();

/// Sends SIGTERM to the process, if this point is armed.
inline void stop_point(std::string_view name) {
  if (is_crash_point(name)) send_stop();
}

/// Kills the process, if this point is armed.
inline void crash_point(std::string_view name) {
  if (is_crash_point(name)) crash();
}

}  // namespace seshdb
