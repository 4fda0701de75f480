// Bytes are sent in the order in which they were appended, in any pieces.
#include "net/send_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace seshdb::net {

TEST(SendQueue, gives_bytes_back_in_order_whatever_is_appended_and_consumed) {
  constexpr unsigned kSeed = 7;
  std::mt19937 random(kSeed);
  BufferPool pool{std::size_t{4} << 20, std::size_t{4} << 20};
  SendQueue queue(pool);
  std::string expected;
  std::size_t sent = 0;
  for (int i = 0; i < 2'000; ++i) {
    std::string bytes(random() % (i % 100 == 0 ? 700'000 : 9'000), '\0');
    std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<char>(random()); });
    queue.begin().append(bytes);
    expected += bytes;
    for (int takes = static_cast<int>(random() % 3); takes > 0 && !queue.empty(); --takes) {
      const std::string_view front = queue.front();
      ASSERT_FALSE(front.empty());
      const std::size_t bytes_taken = 1 + random() % front.size();
      ASSERT_EQ(front.substr(0, bytes_taken), std::string_view(expected).substr(sent, bytes_taken));
      sent += bytes_taken;
      queue.consume(bytes_taken);
    }
    ASSERT_EQ(queue.size(), expected.size() - sent);
    queue.give_back();
  }
  while (!queue.empty()) {
    ASSERT_EQ(queue.front(), std::string_view(expected).substr(sent, queue.front().size()));
    sent += queue.front().size();
    queue.consume(queue.front().size());
  }
  EXPECT_EQ(sent, expected.size());
}

TEST(SendQueue, keeps_an_answer_in_one_piece) {
  BufferPool pool{std::size_t{4} << 20, std::size_t{4} << 20};
  SendQueue queue(pool);
  for (int i = 0; i < 100; ++i) queue.begin().append(std::string(100'000, 'x'));
  std::size_t pieces = 0;
  for (; !queue.empty(); ++pieces) {
    EXPECT_EQ(queue.front().size(), 100'000U);
    queue.consume(queue.front().size());
  }
  EXPECT_EQ(pieces, 100U);
}

TEST(SendQueue, borrows_memory_only_while_there_is_something_to_send) {
  BufferPool pool{std::size_t{4} << 20, std::size_t{4} << 20};
  SendQueue queue(pool);
  queue.begin().append("abc");
  queue.give_back();
  EXPECT_EQ(queue.front(), "abc");
  queue.consume(3);
  queue.give_back();
  EXPECT_EQ(queue.last().capacity(), 0U);
  EXPECT_NE(pool.take().capacity(), 0U);
}

}  // namespace seshdb::net
