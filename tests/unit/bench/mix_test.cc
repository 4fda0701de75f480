// How a mix is written, and that its weights are kept.
#include "load/mix.h"

#include <gtest/gtest.h>

#include <array>

namespace seshdb::bench {

TEST(Mix, is_read) {
  const auto mix = Mix::parse(
      "get=80,set=10,update=5,read=4,patch=6,increment=7,merge=8,find=9,append=2,new=1,end=3,"
      "expiring=11");
  ASSERT_TRUE(mix);
  constexpr std::array<std::uint32_t, kWorkNames.size()> kWeights = {80, 10, 5, 4, 6, 7,
                                                                     8,  9,  2, 1, 3, 11};
  for (std::size_t i = 0; i < kWeights.size(); ++i) {
    EXPECT_EQ(mix->weight(static_cast<Work>(i)), kWeights.at(i));
  }
  EXPECT_TRUE(Mix::parse("end=1000000"));
  EXPECT_FALSE(Mix::parse("get=0,set=1")->has(Work::kGet));
}

TEST(Mix, is_refused_where_it_is_not_written_well) {
  for (const char* const text : {"",
                                 "get",
                                 "get=",
                                 "=1",
                                 "get=1,",
                                 ",get=1",
                                 "get=1,,set=1",
                                 "get=1;set=1",
                                 "get=-1",
                                 "get=1.5",
                                 "get=1 ",
                                 " get=1",
                                 "Get=1",
                                 "fetch=1",
                                 "get=1,get=1",
                                 "get=0",
                                 "get=0,set=0",
                                 "get=1000001",
                                 "get=99999999999999999999",
                                 "get=0x1",
                                 "get=1=1"}) {
    EXPECT_FALSE(Mix::parse(text)) << text;
  }
}

TEST(Mix, draws_as_its_weights_say) {
  const auto mix = Mix::parse("get=70,update=20,expiring=10,end=0");
  ASSERT_TRUE(mix);
  SplitMix random(1);
  std::array<int, kWorkNames.size()> hits{};
  constexpr int kDraws = 100'000;
  for (int i = 0; i < kDraws; ++i) ++hits.at(static_cast<std::size_t>(mix->draw(random)));
  const auto of = [&hits](Work work) { return hits.at(static_cast<std::size_t>(work)); };
  EXPECT_NEAR(of(Work::kGet), 70'000, 700);
  EXPECT_NEAR(of(Work::kUpdate), 20'000, 700);
  EXPECT_NEAR(of(Work::kExpiring), 10'000, 500);
  EXPECT_EQ(of(Work::kGet) + of(Work::kUpdate) + of(Work::kExpiring), kDraws);
}

TEST(Mix, of_one_work_draws_that) {
  SplitMix random(1);
  EXPECT_EQ(Mix(Work::kAppend).draw(random), Work::kAppend);
  EXPECT_EQ(Mix::parse("get=0,end=3")->draw(random), Work::kEnd);
}

}  // namespace seshdb::bench
