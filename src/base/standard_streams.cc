// open(2) gives the lowest number that is free.
#include "base/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

namespace seshdb {

void hold_standard_descriptors() {
  // Opened for the other direction: what somebody wanted to read or write is not taken for done.
  while (true) {
    const int fd = open("/dev/null", O_RDONLY);
    if (fd < 0 || fd > STDERR_FILENO) {
      if (fd >= 0) close(fd);
      return;
    }
    if (fd == STDIN_FILENO) {
      close(fd);
      if (open("/dev/null", O_WRONLY) < 0) return;
    }
  }
}

}  // namespace seshdb
