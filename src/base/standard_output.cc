// The stream remembers an error of an earlier write, but not which one.
#include "base/standard_output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace seshdb {

int end_output(const char* program, int status) {
  const bool failed_before = std::ferror(stdout) != 0;
  const bool fails = std::fflush(stdout) != 0;
  const int error = errno;
  if (!failed_before && !fails) return status;
  std::fprintf(stderr, "%s: cannot write to standard output%s%s\n", program, fails ? ": " : "",
               fails ? std::strerror(error) : "");
  return 1;
}

}  // namespace seshdb
