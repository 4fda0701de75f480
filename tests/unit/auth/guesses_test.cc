// Who has to wait after wrong guesses, for how long, and how much is remembered.
#include "auth/guesses.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace seshdb::auth {

namespace {

constexpr std::uint64_t kMinuteMs = 60'000;

std::string guess(std::uint64_t number) { return "guess" + std::to_string(number); }

Address address(std::uint64_t number) {
  Address made;
  for (std::size_t i = 0; i < 8; ++i) {
    made.bytes.at(i) = static_cast<unsigned char>(number >> (8 * i));
  }
  return made;
}

}  // namespace

TEST(Guesses, beyond_the_limit_block_their_client_for_a_minute) {
  Guesses guesses(3);
  for (std::uint64_t i = 0; i < 3; ++i) {
    EXPECT_FALSE(guesses.add(1, guess(i), 1'000 + i));
    EXPECT_FALSE(guesses.is_blocked(1, 1'000 + i));
  }
  EXPECT_TRUE(guesses.add(1, guess(3), 2'000));
  EXPECT_TRUE(guesses.is_blocked(1, 2'000));
  EXPECT_FALSE(guesses.is_blocked(2, 2'000));
  EXPECT_FALSE(guesses.add(2, guess(3), 2'000));
  EXPECT_TRUE(guesses.is_blocked(1, 2'000 + kMinuteMs - 1));
  EXPECT_FALSE(guesses.is_blocked(1, 2'000 + kMinuteMs));
  EXPECT_EQ(guesses.blocks(), 1U);
}

TEST(Guesses, that_are_the_same_within_a_minute_count_once) {
  Guesses guesses(2);
  for (std::uint64_t ms = 0; ms < kMinuteMs; ms += 100) {
    ASSERT_FALSE(guesses.add(1, "again", ms));
  }
  EXPECT_EQ(guesses.guesses(), 1U);
  EXPECT_FALSE(guesses.add(1, "again", kMinuteMs)) << "a minute after the first, it counts anew";
  EXPECT_EQ(guesses.guesses(), 2U);
  EXPECT_FALSE(guesses.add(1, "more", kMinuteMs));
  EXPECT_TRUE(guesses.add(1, "most", kMinuteMs));
}

TEST(Guesses, of_more_than_a_minute_ago_count_no_more) {
  Guesses guesses(2);
  for (std::uint64_t i = 0; i < 100; ++i) {
    ASSERT_FALSE(guesses.add(1, guess(i), i * kMinuteMs / 2)) << i;
  }
  EXPECT_FALSE(guesses.is_blocked(1, 50 * kMinuteMs));
}

TEST(Guesses, are_not_counted_without_a_limit) {
  Guesses guesses(0);
  EXPECT_FALSE(guesses.counts());
  for (std::uint64_t i = 0; i < 1'000; ++i) ASSERT_FALSE(guesses.add(1, guess(i), 0));
  EXPECT_FALSE(guesses.is_blocked(1, 0));
}

TEST(Guesses, count_by_the_address_or_network_of_a_client) {
  Guesses guesses(1);
  const auto client = [&guesses](std::string_view text) {
    return guesses.client_of(*address_from(text));
  };
  EXPECT_EQ(client("2001:db8::1"), client("2001:db8::ffff:1"));
  EXPECT_NE(client("2001:db8::1"), client("2001:db8:0:1::1"));
  EXPECT_EQ(client("::ffff:192.0.2.1"), client("192.0.2.1"));
  EXPECT_NE(client("192.0.2.1"), client("192.0.2.2"));
  EXPECT_NE(client("192.0.2.1"), 0U);
}

// A million addresses leave no more behind than the bound, and the latest guesser stays known.
TEST(Guesses, forget_those_that_guessed_longest_ago) {
  constexpr std::uint64_t kClients = 1'000'000;
  Guesses guesses(1, 1'600);
  for (std::uint64_t i = 0; i < kClients; ++i) {
    ASSERT_FALSE(guesses.add(guesses.client_of(address(i)), "a", 0));
  }
  EXPECT_LE(guesses.remembered(), 1'600U);
  EXPECT_TRUE(guesses.add(guesses.client_of(address(kClients - 1)), "b", 0));
  EXPECT_FALSE(guesses.add(guesses.client_of(address(0)), "b", 0)) << "it was forgotten";
}

// Few addresses with many guesses each are bounded, too.
TEST(Guesses, remember_few_guesses_for_each_address_on_average) {
  Guesses guesses(10'000, 160);
  for (std::uint64_t client = 1; client <= 160; ++client) {
    for (std::uint64_t i = 0; i < 1'000; ++i) ASSERT_FALSE(guesses.add(client, guess(i), 0));
  }
  EXPECT_LE(guesses.remembered(), 160U / 5);
  EXPECT_GE(guesses.remembered(), 16U) << "each shard keeps its last client";
}

TEST(Guesses, may_come_from_any_thread) {
  Guesses guesses(100);
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&guesses, t] {
      for (std::uint64_t i = 0; i < 1'000; ++i) {
        (void)guesses.is_blocked(i % 7, 0);
        (void)guesses.add(i % 7, guess(t * 1'000 + i), 0);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(guesses.guesses(), 4'000U);
  for (std::uint64_t client = 0; client < 7; ++client) EXPECT_TRUE(guesses.is_blocked(client, 0));
  EXPECT_EQ(guesses.blocks(), 7U);
}

}  // namespace seshdb::auth
