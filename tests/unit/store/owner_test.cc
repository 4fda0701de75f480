// Sessions are spread evenly, and owners never change: data directories depend on it.
#include "store/owner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace seshdb::store {

TEST(Owner, is_the_only_core_where_there_is_one) {
  for (const std::uint64_t token : {std::uint64_t{1}, std::uint64_t{17}, UINT64_MAX}) {
    EXPECT_EQ(owner_of(token, 1), 0U);
  }
}

TEST(Owner, is_the_same_as_in_earlier_versions) {
  struct Case {
    std::uint64_t token;
    std::array<std::uint32_t, 4> owners;  // of 2, 3, 8 and 64 cores
  };
  for (const Case& known : std::array{
           Case{1, {1, 2, 5, 47}},
           Case{2, {0, 1, 3, 31}},
           Case{17, {1, 2, 5, 45}},
           Case{0x0807'0605'0403'0201, {0, 0, 2, 20}},
           Case{0x9E37'79B9'7F4A'7C15, {1, 2, 6, 50}},
           Case{UINT64_MAX, {0, 0, 0, 6}},
       }) {
    const std::array<std::uint32_t, 4> owners = {owner_of(known.token, 2), owner_of(known.token, 3),
                                                 owner_of(known.token, 8),
                                                 owner_of(known.token, 64)};
    EXPECT_EQ(owners, known.owners) << known.token;
  }
}

// Random tokens and those that follow each other.
TEST(Owner, gives_each_core_about_as_many_sessions) {
  constexpr std::uint64_t kTokens = 100'000;
  for (const std::uint64_t step : {std::uint64_t{1}, std::uint64_t{0x9E37'79B9'7F4A'7C15}}) {
    for (const std::uint32_t cores : {2U, 3U, 7U, 16U, 64U}) {
      std::vector<std::uint64_t> count(cores);
      for (std::uint64_t i = 1; i <= kTokens; ++i) {
        const std::uint32_t owner = owner_of(i * step, cores);
        ASSERT_LT(owner, cores);
        ++count[owner];
      }
      const auto [least, most] = std::minmax_element(count.begin(), count.end());
      EXPECT_GT(*least, kTokens / cores * 9 / 10) << cores;
      EXPECT_LT(*most, kTokens / cores * 11 / 10) << cores;
    }
  }
}

}  // namespace seshdb::store
