// SESHDB_CHECK(condition): stops the process and prints the place if the program has a bug, in
// release builds too. Never use it for anything that a client, a file or the network can cause.
#pragma once

namespace seshdb::internal {
[[noreturn]] void check_failed(const char* condition, const char* file, int line);
}  // namespace seshdb::internal

#define SESHDB_CHECK(condition)                                         \
  do {                                                                  \
    if (!(condition)) [[unlikely]] {                                    \
      ::seshdb::internal::check_failed(#condition, __FILE__, __LINE__); \
    }                                                                   \
  } while (false)
