// A failed check prints one line on standard error and aborts, for a core dump.
#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace seshdb::internal {

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "level=critical msg=\"check failed\" condition=\"%s\" at=%s:%d\n", condition,
               file, line);
  std::abort();
}

}  // namespace seshdb::internal
