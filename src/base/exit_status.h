// The program's exit statuses (docs/operating.md), and the message before a failure's.
#pragma once

#include <cstdio>
#include <string>

namespace seshdb {

inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;

/// Prints the message on standard error. Returns kExitFailure.
[[nodiscard]] inline int report_failure(const std::string& message) {
  std::fprintf(stderr, "seshdb: %s\n", message.c_str());
  return kExitFailure;
}

}  // namespace seshdb
