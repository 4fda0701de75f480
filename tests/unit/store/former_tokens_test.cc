// The tokens that sessions had before, and those of other cores.
#include "store/former_tokens.h"

#include <gtest/gtest.h>

#include <vector>

namespace seshdb::store {

namespace {

using Tokens = std::vector<std::uint64_t>;

}  // namespace

TEST(FormerTokens, are_those_that_a_session_had_the_oldest_first) {
  FormerTokens former;
  former.add(1, 2);
  former.add(10, 20);
  former.add(2, 3);
  former.add(3, 4);
  EXPECT_EQ(former.of(4), Tokens({1, 2, 3}));
  EXPECT_EQ(former.of(20), Tokens({10}));
  EXPECT_EQ(former.of(5), Tokens());
  EXPECT_EQ(former.first_of(4), 1U);
  EXPECT_EQ(former.first_of(5), 5U);
  EXPECT_EQ(former.current_of(1), 4U);
  EXPECT_EQ(former.current_of(2), 2U) << "not a first one";
  for (const std::uint64_t token : {1U, 2U, 3U, 10U}) EXPECT_TRUE(former.contains(token)) << token;
  EXPECT_FALSE(former.contains(5));
}

TEST(FormerTokens, are_forgotten_with_their_session_alone) {
  FormerTokens former;
  former.add(1, 2);
  former.add(2, 3);
  former.add(10, 20);
  former.forget(3, 64);
  for (const std::uint64_t token : {1U, 2U, 3U}) EXPECT_FALSE(former.contains(token)) << token;
  EXPECT_EQ(former.of(20), Tokens({10}));
  EXPECT_EQ(former.size(), 2U);
}

TEST(FormerTokens, of_a_session_that_had_very_many_are_forgotten_in_slices) {
  FormerTokens former;
  for (std::uint64_t token = 1; token < 1'000; ++token) former.add(token, token + 1);
  former.forget(1'000, 64);
  EXPECT_EQ(former.size(), 1'000U - 64U);
  std::size_t slices = 0;
  for (; former.is_forgetting(); ++slices) {
    std::size_t budget = 100;
    former.forget_some(budget);
  }
  EXPECT_EQ(former.size(), 0U);
  EXPECT_EQ(slices, 10U);
}

TEST(FormerTokens, are_restored_without_repeats) {
  FormerTokens former;
  EXPECT_TRUE(former.restore({1, 1, 2, 1, 3, 2, 3}, 9));
  EXPECT_EQ(former.of(9), Tokens({1, 2, 3}));
  EXPECT_FALSE(former.restore({}, 10));
  EXPECT_FALSE(former.contains(10));
}

TEST(FormerTokens, of_another_owner_are_known_to_all_cores_until_they_are_forgotten) {
  ForeignTokens foreign;
  FormerTokens here;
  FormerTokens there;
  const auto is_even = [](std::uint64_t token) { return token % 2 == 0; };
  here.share(foreign, is_even);
  there.share(foreign, [&](std::uint64_t token) { return !is_even(token); });
  here.add(1, 2);  // 1 is owned there
  here.add(2, 4);
  EXPECT_TRUE(there.contains(1));
  EXPECT_FALSE(there.contains(2)) << "no session of this core";
  here.forget(4, 64);
  EXPECT_FALSE(there.contains(1));
  here.add(5, 6);
  (void)here.take_all();
  EXPECT_FALSE(there.contains(5));
  EXPECT_EQ(here.size(), 0U);
}

}  // namespace seshdb::store
