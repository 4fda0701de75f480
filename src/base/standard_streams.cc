// open(2) gives the lowest number that is free. A stream remembers an error of an earlier write,
// but not which one.
#include "base/standard_streams.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace seshdb {

namespace {

// Opened for the other direction: what somebody wanted to read or write is not taken for done.
int open_unusable(int fd) { return open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY); }

}  // namespace

void prepare_standard_streams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (fcntl(fd, F_GETFD) < 0) (void)open_unusable(fd);
  }
  signal(SIGPIPE, SIG_IGN);
}

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
