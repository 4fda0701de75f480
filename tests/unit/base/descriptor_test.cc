// Who closes a descriptor, and when.
#include "base/descriptor.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <utility>

namespace seshdb {

namespace {

Descriptor open_null() { return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

bool is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }

}  // namespace

TEST(Descriptor, is_closed_at_the_end_of_its_life) {
  int fd = -1;
  {
    const Descriptor descriptor = open_null();
    fd = descriptor.fd();
    EXPECT_TRUE(descriptor.open());
    EXPECT_TRUE(is_open(fd));
  }
  EXPECT_FALSE(is_open(fd));
}

TEST(Descriptor, without_one_is_not_open) {
  EXPECT_FALSE(Descriptor().open());
  EXPECT_EQ(Descriptor().fd(), -1);
}

TEST(Descriptor, moves_to_another_owner) {
  Descriptor first = open_null();
  const int fd = first.fd();
  const Descriptor second(std::move(first));
  EXPECT_FALSE(first.open());  // NOLINT(bugprone-use-after-move): what a move leaves
  EXPECT_EQ(second.fd(), fd);
  EXPECT_TRUE(is_open(fd));
}

TEST(Descriptor, assigned_another_closes_its_own_at_once) {
  Descriptor first = open_null();
  Descriptor second = open_null();
  const int closed = first.fd();
  const int kept = second.fd();
  first = std::move(second);
  EXPECT_FALSE(is_open(closed));
  EXPECT_EQ(first.fd(), kept);
  EXPECT_TRUE(is_open(kept));
  EXPECT_FALSE(second.open());  // NOLINT(bugprone-use-after-move): what a move leaves
}

TEST(Descriptor, released_stays_open) {
  Descriptor descriptor = open_null();
  const int fd = descriptor.release();
  EXPECT_FALSE(descriptor.open());
  EXPECT_TRUE(is_open(fd));
  (void)close(fd);
}

}  // namespace seshdb
