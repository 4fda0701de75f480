// How the program ends (docs/operating.md), and what it says where it cannot go on.
#pragma once

#include <cstdio>
#include <string>

namespace seshdb {

inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;

/// Says what failed on standard error, for people. Gives kExitFailure.
[[nodiscard]] inline int fail(const std::string& text) {
  std::fprintf(stderr, "seshdb: %s\n", text.c_str());
  return kExitFailure;
}

}  // namespace seshdb
