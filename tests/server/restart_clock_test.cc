// Wall clocks that are set while a server runs, or between two starts: no session expires early or
// lives longer.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "support/restarts.h"

namespace seshdb::testing {

namespace {

constexpr std::int64_t kTenDaysMs = 864'000'000;
constexpr std::int64_t kNowMs = 1'700'000'000'250;

class SetClocks : public Restarts {
 protected:
  // Checks the time left of a session of 1,000 s whose clock has run for 100 s.
  void expect_900_seconds_left(const std::string& token) {
    const std::int64_t deadline_ms = clock_.unix_ms() + 900'000;
    EXPECT_EQ(time_of(token), whole_seconds(deadline_ms));
    clock_.advance_ms(899'999);
    EXPECT_EQ(key_of(token), "1");
    clock_.advance_ms(1);
    EXPECT_EQ(key_of(token), "");
  }
  std::int64_t time_of(const std::string& token) {
    const std::string answer = ask(R"({"SH_INFO":{"tkn":")" + token + "\"}}");
    const std::size_t at = answer.find("\"time\":");
    return at == std::string::npos ? 0 : std::stoll(answer.substr(at + 7));
  }
  void set(const std::string& token) {
    EXPECT_NE(ask(R"({"KV_SET":{"tkn":")" + token + R"(","keys":{"other":1}}})").find("20"),
              std::string::npos);
  }
  // Makes a session of 1,000 s, sets the clock after 100 s, sets a key, and restarts cleanly.
  void step_and_restart(std::int64_t first_ms, std::int64_t then_ms) {
    clock_.set_unix_ms(first_ms);
    start(2);
    const std::string token = make("a", expiring(1'000, true));
    clock_.advance_ms(100'000);
    clock_.set_unix_ms(then_ms);
    set(token);
    start(2);
    expect_900_seconds_left(token);
  }
};

}  // namespace

TEST_F(SetClocks, forward_expire_nobody) { step_and_restart(kNowMs, kNowMs + kTenDaysMs); }
TEST_F(SetClocks, back_lengthen_nothing) { step_and_restart(kNowMs, kNowMs - kTenDaysMs); }
TEST_F(SetClocks, from_1970_expire_nobody) { step_and_restart(5'000, kNowMs); }
TEST_F(SetClocks, to_1970_lengthen_nothing) { step_and_restart(kNowMs, 5'000); }
TEST_F(SetClocks, within_the_time_before_1970_count_like_any) {
  step_and_restart(-kNowMs, -kNowMs / 2);
  step_and_restart(-200'500, -950'500);
}
TEST_F(SetClocks, to_a_time_after_2262_expire_nobody) {
  step_and_restart(kNowMs, 9'300'000'000'000);
  step_and_restart(9'300'000'000'000, 90'000'000'000'250);
}

TEST_F(SetClocks, right_before_a_stop_expire_nobody) {
  const std::string token = make("a", expiring(1'000, true));
  clock_.advance_ms(100'000);
  clock_.set_unix_ms(kNowMs + kTenDaysMs);
  start(2);
  expect_900_seconds_left(token);
}

TEST_F(SetClocks, that_flap_expire_nobody) {
  const std::string token = make("a", expiring(1'000, true));
  const std::string emptied = make("b", expiring(1'000, false));
  for (int i = 0; i < 100; ++i) {
    clock_.advance_ms(1'000);
    clock_.set_unix_ms(i % 2 == 0 ? -kNowMs : kNowMs + i * kTenDaysMs);
    set(make("c", expiring(1'000, true)));
    if (i % 10 == 0) start(i % 20 == 0 ? 2 : 3);
  }
  EXPECT_EQ(key_of(emptied), "1");
  expect_900_seconds_left(token);
  EXPECT_EQ(key_of(emptied), "n") << "null: the session is there, its key is not";
}

TEST_F(SetClocks, before_a_start_with_another_number_of_threads_expire_nobody) {
  const std::string token = make("a", expiring(1'000, true));
  clock_.advance_ms(100'000);
  clock_.set_unix_ms(kNowMs + kTenDaysMs);
  start(3);
  start(1);
  expect_900_seconds_left(token);
}

TEST_F(SetClocks, that_stand_before_the_data_at_a_start_go_on_from_there) {
  const std::string token = make("a", expiring(1'000, true));
  clock_.advance_ms(100'000);
  stop();
  clock_.set_unix_ms(5'000);
  start(2);
  const std::string younger = make("b", expiring(1'000, true));
  clock_.set_unix_ms(kNowMs + kTenDaysMs);  // the time has arrived over the network
  start(3);
  EXPECT_EQ(key_of(younger), "1");
  expect_900_seconds_left(token);
  EXPECT_EQ(key_of(younger), "1");
}

TEST_F(SetClocks, that_go_wrong_while_nothing_runs_lengthen_nothing) {
  const std::string token = make("a", expiring(1'000, true));
  clock_.advance_ms(100'000);
  stop();
  clock_.set_unix_ms(clock_.unix_ms() - kTenDaysMs);
  start(2);
  expect_900_seconds_left(token);
}

}  // namespace seshdb::testing
