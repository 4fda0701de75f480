// Answers leave in the order of their requests.
#include "net/answer_queue.h"

#include <gtest/gtest.h>

namespace seshdb::net {

TEST(AnswerQueue, keeps_what_is_early_until_its_turn) {
  AnswerQueue queue;
  const auto first = queue.defer();
  const auto second = queue.defer();
  queue.begin_last().append("third");
  queue.end_last(true);
  queue.complete(second, "second", true);
  EXPECT_EQ(queue.ready(), nullptr);
  EXPECT_EQ(queue.bytes(), 11U);
  queue.complete(first, "", false);
  ASSERT_NE(queue.ready(), nullptr);
  EXPECT_FALSE(queue.ready()->any);
  queue.pop();
  EXPECT_EQ(queue.ready()->text.view(), "second");
  queue.pop();
  const auto fourth = queue.defer();  // tickets go on counting
  EXPECT_EQ(queue.ready()->text.view(), "third");
  queue.pop();
  EXPECT_EQ(queue.ready(), nullptr);
  queue.complete(fourth, "fourth", true);
  EXPECT_EQ(queue.ready()->text.view(), "fourth");
  queue.pop();
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.bytes(), 0U);
}

TEST(AnswerQueue, forgets_an_answer_that_was_taken_back) {
  AnswerQueue queue;
  (void)queue.defer();
  queue.begin_last().append("half");
  queue.drop_last();
  EXPECT_EQ(queue.size(), 1U);
}

}  // namespace seshdb::net
