// The workload against a server made of a set of tokens that answers in any order.
#include "load/workload.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>
#include <vector>

namespace seshdb::bench {

namespace {

// Records the requests, and takes any answer that is not empty for a success.
class NotingRequests final : public Requests {
 public:
  [[nodiscard]] std::string_view text(const Ask& ask, SplitMix& /*random*/) override {
    last = ask;
    return "?";
  }
  [[nodiscard]] bool succeeded(Step /*step*/, std::string_view answer) const override {
    return !answer.empty();
  }
  Ask last;
};

struct UnderWay {
  Ask ask;
  Tag tag;
};

class Server {
 public:
  explicit Server(const Options& options)
      : sessions_(options.sessions, options.mix.has(Work::kEnd), options.mix.has(Work::kAppend)),
        workload_(options, sessions_, requests_) {
    for (std::uint32_t slot = 0; slot < options.sessions; ++slot) sessions_.adopt(slot, make());
  }

  bool ask() {
    const auto request = workload_.next(0);
    if (!request) return false;
    under_way_.push_back({requests_.last, request->tag});
    ++asked.at(static_cast<std::size_t>(requests_.last.step));
    return true;
  }
  // Any of those under way.
  void answer() {
    const std::size_t i = random_.next() % under_way_.size();
    const UnderWay one = under_way_[i];
    under_way_.erase(under_way_.begin() + static_cast<std::ptrdiff_t>(i));
    auto token = static_cast<std::uint64_t>(one.ask.token);
    switch (one.ask.step) {
      case Step::kNew:
      case Step::kNewAgain:
      case Step::kExpiring:
        token = make();
        break;
      case Step::kEnd:
        EXPECT_EQ(live_.erase(token), 1U);
        break;
      default:
        EXPECT_EQ(live_.count(token), 1U) << "asked for a session that has ended";
    }
    if (one.ask.step == Step::kDocument) ++documents[one.ask.key];
    EXPECT_TRUE(workload_.answered(one.tag, R"({"tkn":")" + std::to_string(token) + R"("})"));
  }
  void work(int rounds, std::size_t under_way_max) {
    for (int i = 0; i < rounds; ++i) {
      while (under_way_.size() < under_way_max && ask()) {
      }
      answer();
    }
    while (!under_way_.empty()) answer();
    while (under_way_.empty() && ask() && asked_upkeep()) answer();
  }
  [[nodiscard]] std::size_t live() const { return live_.size(); }

  std::array<int, static_cast<std::size_t>(Step::kTouch) + 1> asked{};
  std::array<int, 3> documents{};

 private:
  std::uint64_t make() {
    live_.insert(++made_);
    return made_;
  }
  [[nodiscard]] bool asked_upkeep() const { return under_way_.back().ask.step >= Step::kNewAgain; }

  Sessions sessions_;
  NotingRequests requests_;
  Workload workload_;
  SplitMix random_{99};
  std::set<std::uint64_t> live_;
  std::uint64_t made_ = 10;
  std::vector<UnderWay> under_way_;
};

Options with_mix(const char* mix) {
  Options options;
  options.mix = Mix::parse(mix).value();
  options.sessions = 200;
  return options;
}

}  // namespace

TEST(Workload, never_asks_for_a_session_it_has_ended) {
  Options options = with_mix(
      "get=10,set=1,update=1,read=1,patch=1,increment=1,merge=1,find=1,append=5,new=2,end=10,"
      "expiring=1");
  options.keys_per_session = 3;
  for (const Distribution distribution : {Distribution::kUniform, Distribution::kZipf}) {
    options.distribution = distribution;
    Server server(options);
    server.work(50'000, 100);
    for (std::size_t step = 0; step < static_cast<std::size_t>(Step::kEmptyLog); ++step) {
      EXPECT_GT(server.asked.at(step), 0) << step;
    }
    EXPECT_EQ(server.documents[0], server.documents[2]);
  }
}

TEST(Workload, makes_again_what_it_ends) {
  const Options options = with_mix("end=1");
  Server server(options);
  server.work(20'000, 80);
  EXPECT_NEAR(static_cast<double>(server.live()), options.sessions, 1);
  EXPECT_GT(server.asked[static_cast<std::size_t>(Step::kEnd)], 5'000);
}

TEST(Workload, waits_where_every_session_is_being_replaced) {
  Options options = with_mix("end=1");
  options.sessions = 1;
  Server server(options);
  EXPECT_TRUE(server.ask());
  EXPECT_FALSE(server.ask());
  server.answer();
  EXPECT_TRUE(server.ask());
  EXPECT_EQ(server.asked[static_cast<std::size_t>(Step::kNewAgain)], 1);
  EXPECT_FALSE(server.ask());
}

TEST(Workload, stores_nothing_in_empty_sessions) {
  Options options = with_mix("new=1,end=1,expiring=1");
  options.empty_sessions = true;
  Server server(options);
  server.work(10'000, 50);
  EXPECT_EQ(server.asked[static_cast<std::size_t>(Step::kDocument)], 0);
}

TEST(Workload, empties_a_log_after_so_many_appends) {
  Options options = with_mix("append=1");
  options.sessions = 3;
  Server server(options);
  server.work(64'000, 16);
  const double appends = server.asked[static_cast<std::size_t>(Step::kAppend)];
  EXPECT_NEAR(server.asked[static_cast<std::size_t>(Step::kEmptyLog)], appends / kAppendsMax, 3);
}

TEST(Workload, asks_for_all_keys_and_only_for_the_sessions_that_stay) {
  Options options = with_mix("get=1,new=1");
  options.keys_per_session = 2;
  options.expire_at_once_s = 5;
  options.immortal_sessions = 7;
  Sessions sessions(options.sessions, false, false);
  NotingRequests requests;
  Workload workload(options, sessions, requests);
  std::set<std::uint32_t> slots;
  std::set<std::uint16_t> keys;
  for (int i = 0; i < 1'000; ++i) {
    ASSERT_TRUE(workload.next(0));
    slots.insert(requests.last.slot);
    keys.insert(requests.last.key);
  }
  EXPECT_EQ(slots, (std::set<std::uint32_t>{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(keys, (std::set<std::uint16_t>{0, 1}));
}

}  // namespace seshdb::bench
