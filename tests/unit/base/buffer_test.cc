// Bytes in at the end, out at the front.
#include "base/buffer.h"

#include <gtest/gtest.h>

#include "support/random.h"

namespace seshdb {

TEST(Buffer, behaves_like_a_string) {
  testing::Dice dice(41);
  Buffer buffer;
  std::string model;
  for (int i = 0; i < 20'000; ++i) {
    const std::string piece(dice.roll(dice.one_in(20) ? 5'000 : 50),
                            static_cast<char>('a' + i % 26));
    switch (dice.roll(6)) {
      case 0:
        buffer.append('z');
        model += 'z';
        break;
      case 1: {
        const std::size_t bytes = dice.roll(model.size() + 1);
        buffer.consume(bytes);
        model.erase(0, bytes);
        break;
      }
      case 2: {
        const std::size_t bytes = dice.roll(model.size() + 1);
        buffer.truncate(bytes);
        model.resize(bytes);
        break;
      }
      case 3: {
        const std::uint64_t number = dice.next() >> dice.roll(64);
        buffer.append_number(number);
        model += std::to_string(number);
        break;
      }
      default:
        buffer.append(piece);
        model += piece;
    }
    ASSERT_EQ(buffer.view(), model);
  }
  Buffer moved = std::move(buffer);
  EXPECT_EQ(moved.view(), model);
  moved.release();
  EXPECT_TRUE(moved.empty());
  EXPECT_EQ(moved.capacity(), 0U);
}

}  // namespace seshdb
