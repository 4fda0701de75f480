// open(2) returns the lowest free descriptor. A stream keeps a flag for an earlier error, but not
// its errno.
#include "base/standard_streams.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace seshdb {

namespace {

// Opens /dev/null for the wrong direction, so that reads and writes fail instead of being ignored.
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
