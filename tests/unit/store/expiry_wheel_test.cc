// The timing wheel: every entry becomes due when its tick is past, and none is lost.
#include "store/expiry_wheel.h"

#include <gtest/gtest.h>

#include <map>

#include "support/random.h"

namespace seshdb::store {

TEST(ExpiryWheel, gives_each_entry_as_soon_as_its_tick_is_past) {
  testing::Dice dice(23);
  ExpiryWheel wheel;
  std::multimap<std::uint64_t, std::uint32_t> waiting;  // token, tick
  std::uint32_t now = 1'000;
  wheel.advance(now);
  std::uint64_t token = 0;
  for (int i = 0; i < 20'000 / SESHDB_TEST_SHARE; ++i) {
    for (std::size_t n = dice.roll(4); n > 0; --n) {
      const std::uint32_t reach = 1U << dice.roll(30);
      const auto tick = static_cast<std::uint32_t>(now + dice.roll(reach));
      wheel.add(++token, tick);
      waiting.emplace(token, tick);
    }
    now += static_cast<std::uint32_t>(dice.one_in(50) ? dice.roll(1U << 17U) : dice.roll(3));
    wheel.advance(now);
    ExpiryWheel::Entry entry{};
    while (wheel.take_due(entry)) {
      const auto found = waiting.find(entry.token);
      ASSERT_NE(found, waiting.end()) << "given twice";
      ASSERT_GE(entry.latest_tick, found->second);
      ASSERT_FALSE(entry.swept);
      if (found->second < now) {
        waiting.erase(found);
      } else {
        wheel.add(found->first, found->second);  // a wider slot has begun; its owner adds it anew
      }
    }
    ASSERT_EQ(wheel.size(), waiting.size());
    for (const auto& [late, tick] : waiting) {
      ASSERT_GE(tick, now) << "not given in time";
    }
    if (waiting.size() > 50) {  // keeps the check above cheap
      wheel.sweep();
      while (wheel.take_due(entry)) {
        ASSERT_TRUE(entry.swept);
        waiting.erase(entry.token);
      }
      ASSERT_TRUE(waiting.empty());
    }
  }
}

TEST(ExpiryWheel, gives_those_of_the_tick_itself_where_asked_for) {
  ExpiryWheel wheel;
  wheel.advance(10);
  wheel.add(1, 10);
  wheel.add(2, 11);
  wheel.advance(10);
  EXPECT_FALSE(wheel.any_due());
  wheel.advance(10, true);
  ExpiryWheel::Entry entry{};
  ASSERT_TRUE(wheel.take_due(entry));
  EXPECT_EQ(entry.token, 1U);
  EXPECT_FALSE(wheel.take_due(entry));
  EXPECT_EQ(wheel.size(), 1U);
}

}  // namespace seshdb::store
