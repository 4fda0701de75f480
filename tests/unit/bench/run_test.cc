// The loop at times that the test sets: when requests are due, and which count from when on.
#include "load/run.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace seshdb::bench {

namespace {

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint64_t kStart = 5'000 * kMs;

class AnyRequests final : public Requests {
 public:
  [[nodiscard]] std::string_view text(const Ask& /*ask*/, SplitMix& /*random*/) override {
    return "?";
  }
  [[nodiscard]] bool succeeded(Step /*step*/, std::string_view answer) const override {
    return answer == "ok";
  }
};

// One run of 1,000 requests per second: 10 ms that do not count, 100 ms that do.
class RunOfHundred : public ::testing::Test {
 protected:
  void begin(double rate) {
    options.rate = rate;
    options.warm_up_s = 0.01;
    options.duration_s = 0.1;
    run.emplace(options, workload, progress, result, kStart);
  }
  std::vector<Tag> all_due(std::uint64_t now) {
    std::vector<Tag> tags;
    while (const auto request = run->next(now)) tags.push_back(request->tag);
    return tags;
  }
  [[nodiscard]] const Row& gets() const { return result.rows[0]; }

  Options options = [] {
    Options some;
    some.sessions = 10;
    return some;
  }();
  Sessions sessions{10, false, false};
  AnyRequests requests;
  Workload workload{options, sessions, requests};
  Progress progress{false};
  Result result;
  std::optional<bench::Run> run;
};

}  // namespace

TEST_F(RunOfHundred, sends_what_is_due_and_no_more) {
  begin(1'000);
  EXPECT_EQ(all_due(kStart).size(), 1U);
  EXPECT_EQ(run->due_ns(), kStart + kMs);
  EXPECT_TRUE(all_due(kStart + kMs - 1).empty());
  const std::vector<Tag> late = all_due(kStart + 20 * kMs);  // the loop was delayed
  ASSERT_EQ(late.size(), 20U);
  for (std::size_t i = 0; i < late.size(); ++i) EXPECT_EQ(late[i].due_ns, kStart + (i + 1) * kMs);
  EXPECT_EQ(all_due(kStart + 5'000 * kMs).size(), 89U);  // those of the 110 ms, and none later
  EXPECT_EQ(run->due_ns(), 0U);
}

TEST_F(RunOfHundred, counts_latency_from_when_a_request_was_due) {
  begin(1'000);
  for (const Tag& tag : all_due(kStart + 50 * kMs)) run->answered(tag, "ok", kStart + 51 * kMs);
  EXPECT_EQ(gets().latency_ns.count(), 41U);  // due from 10 ms on
  EXPECT_EQ(gets().latency_ns.max(), 41 * kMs);
  EXPECT_NEAR(static_cast<double>(gets().latency_ns.quantile(0.5)), 21.0 * kMs, 0.3 * kMs);
}

TEST_F(RunOfHundred, waits_for_answers_that_come_after_the_end) {
  begin(1'000);
  const std::vector<Tag> tags = all_due(kStart + 110 * kMs);
  ASSERT_EQ(tags.size(), 110U);
  EXPECT_FALSE(run->over(kStart + 111 * kMs));
  for (const Tag& tag : tags) run->answered(tag, "ok", kStart + 210 * kMs);
  EXPECT_TRUE(run->over(kStart + 211 * kMs));
  run->end(0);
  EXPECT_EQ(gets().latency_ns.count(), 100U);
  EXPECT_EQ(gets().latency_ns.max(), 200 * kMs);
  EXPECT_DOUBLE_EQ(result.seconds, 0.2);  // what the server took for them
}

TEST_F(RunOfHundred, counts_those_never_answered_with_the_time_they_waited) {
  begin(1'000);
  const std::vector<Tag> tags = all_due(kStart + 110 * kMs);
  EXPECT_TRUE(run->over(kStart + 110 * kMs + 10'000 * kMs));
  for (const Tag& tag : tags) run->never_answered(tag, kStart + 10'110 * kMs);
  run->end(0);
  EXPECT_EQ(result.unanswered, 100U);
  EXPECT_EQ(gets().latency_ns.max(), 10'100 * kMs);
}

TEST_F(RunOfHundred, lets_a_burst_be_due_together) {
  options.burst = 4;
  begin(1'000);  // bursts at 0, 4 and 8 ms
  const std::uint64_t start = kStart;
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(run->next(start).value().tag.due_ns, start);
  }
  EXPECT_FALSE(run->next(start + 3'999'999).has_value());
  EXPECT_EQ(run->due_ns(), start + 4'000'000);
  EXPECT_EQ(run->next(start + 5'000'000).value().tag.due_ns, start + 4'000'000);
}

TEST_F(RunOfHundred, sends_at_once_where_there_is_no_rate) {
  begin(0);
  const auto early = run->next(kStart + kMs);
  const auto counted = run->next(kStart + 20 * kMs);
  ASSERT_TRUE(early && counted);
  EXPECT_FALSE(run->next(kStart + 110 * kMs));
  run->answered(early->tag, "no", kStart + 30 * kMs);
  run->answered(counted->tag, "no", kStart + 30 * kMs);
  EXPECT_EQ(gets().latency_ns.count(), 1U);
  EXPECT_EQ(gets().latency_ns.max(), 10 * kMs);
  EXPECT_EQ(gets().errors, 1U);
  EXPECT_EQ(result.first_error, "no");
  EXPECT_TRUE(run->over(kStart + 110 * kMs));
}

}  // namespace seshdb::bench
