// getrandom(2), repeated when a signal interrupts it.
#include "base/random.h"

#include <sys/random.h>

#include <cerrno>
#include <utility>

#include "base/check.h"

namespace seshdb {

void random_fill(void* to, std::size_t bytes) {
  auto* at = static_cast<unsigned char*>(to);
  while (bytes != 0) {
    const ssize_t got = getrandom(at, bytes, 0);
    if (got < 0) {
      SESHDB_CHECK(errno == EINTR);
      continue;
    }
    at += got;
    bytes -= static_cast<std::size_t>(got);
  }
}

std::uint64_t SystemRandom::next() {
  if (left_ == 0) {
    random_fill(numbers_.data(), sizeof(numbers_));
    left_ = kCount;
  }
  return std::exchange(numbers_.at(--left_), 0);
}

}  // namespace seshdb
