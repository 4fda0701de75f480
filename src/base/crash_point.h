// Named places at which a test lets the process die, as if it were killed just there, or sends it
// SIGTERM. Nothing happens at them unless the program was told to (`--crash-at NAME:COUNT`).
#pragma once

#include <atomic>
#include <string>
#include <string_view>

namespace seshdb {

namespace internal {
extern std::atomic<bool> crash_point_armed;
bool crash_point_reached(std::string_view name);
}  // namespace internal

/// From here on the process dies when it comes to the place `NAME` for the COUNTth time. False
/// where the text is not of that form.
[[nodiscard]] bool arm_crash_point(const std::string& name_and_count);

/// True where the process is to die at this place, after what the place does about it.
inline bool is_crash_point(std::string_view name) {
  return internal::crash_point_armed.load(std::memory_order_relaxed) &&
         internal::crash_point_reached(name);
}

/// Dies by SIGKILL, without any clean-up.
[[noreturn]] void crash();

/// Sends SIGTERM to the process.
void send_stop();

/// A stop is asked for here, if told to.
inline void stop_point(std::string_view name) {
  if (is_crash_point(name)) send_stop();
}

/// Dies here, if told to.
inline void crash_point(std::string_view name) {
  if (is_crash_point(name)) crash();
}

}  // namespace seshdb
