// Buffers that are used again.
#include "net/buffer_pool.h"

#include <gtest/gtest.h>

namespace seshdb::net {

namespace {

Buffer buffer_of(std::size_t bytes) {
  Buffer buffer;
  (void)buffer.reserve(bytes);
  buffer.append('x');
  return buffer;
}

}  // namespace

TEST(BufferPool, keeps_what_is_small_enough_up_to_its_total) {
  BufferPool pool(10'000, 20'000);
  pool.give(buffer_of(10'001));
  EXPECT_EQ(pool.take().capacity(), 0U) << "too large";
  for (int i = 0; i < 2; ++i) {  // what was lent counts no more
    for (int j = 0; j < 3; ++j) pool.give(buffer_of(8'000));
    for (int j = 0; j < 2; ++j) {
      const Buffer buffer = pool.take();
      EXPECT_EQ(buffer.capacity(), 8'000U);
      EXPECT_TRUE(buffer.empty());
    }
    EXPECT_EQ(pool.take().capacity(), 0U) << "three are too many";
  }
}

}  // namespace seshdb::net
