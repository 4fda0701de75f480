// Answers leave in the order of their requests.
#include "net/answer_queue.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/limits.h"

namespace seshdb::net {

TEST(AnswerQueue, keeps_what_is_early_until_its_turn) {
  BufferPools pools;
  AnswerQueue queue(pools.answers);
  const auto first = queue.defer(0);
  const auto second = queue.defer(0);
  queue.begin_last().append("third");
  queue.end_last(Answered::kText);
  queue.complete(second, "second", Answered::kText);
  EXPECT_EQ(queue.ready(), nullptr);
  EXPECT_EQ(queue.bytes(), 11U);
  queue.complete(first, "", Answered::kNothing);
  ASSERT_NE(queue.ready(), nullptr);
  EXPECT_EQ(queue.ready()->answered, Answered::kNothing);
  queue.pop();
  EXPECT_EQ(queue.ready()->text.view(), "second");
  queue.pop();
  const auto fourth = queue.defer(0);  // places go on counting
  EXPECT_EQ(queue.ready()->text.view(), "third");
  queue.pop();
  EXPECT_EQ(queue.ready(), nullptr);
  queue.complete(fourth, "fourth", Answered::kText);
  EXPECT_EQ(queue.ready()->text.view(), "fourth");
  queue.pop();
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.bytes(), 0U);
}

TEST(AnswerQueue, counts_a_request_until_its_answer_is_there) {
  BufferPools pools;
  AnswerQueue queue(pools.answers);
  const auto place = queue.defer(1'000);
  EXPECT_EQ(queue.bytes(), 1'000U);
  queue.complete(place, "four", Answered::kText);
  EXPECT_EQ(queue.bytes(), 4U);
}

TEST(AnswerQueue, is_full_when_the_answers_to_come_would_take_too_much) {
  constexpr std::size_t kBytesMax = std::size_t{16} << 20;
  const auto fill = [](AnswerQueue& queue, std::string_view answer, std::size_t unsent = 0) {
    std::vector<AnswerQueue::Place> places;
    while (!queue.full(kBytesMax, unsent)) {
      places.push_back(queue.defer(0));
    }
    for (const auto place : places) {
      queue.complete(place, answer, Answered::kText);
      queue.pop();
    }
    return places.size();
  };
  BufferPools pools;
  AnswerQueue queue(pools.answers);
  EXPECT_LE(fill(queue, "small"), 64U);  // their sizes are not known yet
  for (int i = 0; i < 20; ++i) {
    (void)fill(queue, "small");
  }
  EXPECT_EQ(fill(queue, "small"), limits::kDeferredAnswersMax);
  EXPECT_EQ(fill(queue, "small", kBytesMax), limits::kDeferredAnswersLeast);
  const std::string hundred_kilobytes(100'000, 'x');
  (void)fill(queue, hundred_kilobytes);
  EXPECT_NEAR(static_cast<double>(fill(queue, hundred_kilobytes, kBytesMax / 2)), 84, 1);
  const std::string large(2'000'000, 'x');
  (void)fill(queue, large);
  EXPECT_EQ(fill(queue, large), limits::kDeferredAnswersLeast);
}

}  // namespace seshdb::net
