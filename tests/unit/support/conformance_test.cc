// The runner of the conformance data fails in each case that it has to detect.
#include "support/conformance.h"

#include <gtest/gtest.h>

#include <deque>

namespace seshdb::testing {

namespace {

// Answers what it was told to, in order.
class Puppet final : public Target {
 public:
  explicit Puppet(std::deque<std::optional<std::string>> answers) : answers_(std::move(answers)) {}

  std::optional<std::string> send(std::string_view text) override {
    if (text.find("SH_END_ALL") != std::string_view::npos) return "{}";
    sent.emplace_back(text);
    std::optional<std::string> answer = answers_.front();
    answers_.pop_front();
    return answer;
  }
  std::optional<std::string> send_binary(std::string_view) override { return std::nullopt; }
  [[nodiscard]] bool takes_binary() const override { return false; }
  void advance_ms(std::uint64_t) override {}
  [[nodiscard]] std::int64_t unix_ms() const override { return 1'000; }

  std::vector<std::string> sent;

 private:
  std::deque<std::optional<std::string>> answers_;
};

std::string run(const std::string& steps, std::deque<std::optional<std::string>> answers) {
  const auto json = parse_json(R"({"name":"n","steps":)" + steps + "}");
  EXPECT_TRUE(json) << steps;
  Puppet puppet(std::move(answers));
  return run_case({.file = "f", .name = "n", .json = *json}, puppet);
}

bool passes(const std::string& expected, const std::string& answer) {
  return run(R"([[{"A":{}},)" + expected + "]]", {answer}).empty();
}

}  // namespace

TEST(ConformanceRunner, takes_what_was_expected) {
  EXPECT_TRUE(passes(R"({"a":1,"b":[true,"x"]})", R"({"b":[true,"x"],"a":1})"));
  EXPECT_TRUE(passes(R"({"a":"{{*}}"})", R"({"a":[1,2]})"));
  EXPECT_TRUE(passes(R"({"a":"{{text}}"})", R"({"a":"words"})"));
  EXPECT_TRUE(passes(R"({"$one_of":[{"a":1},{"a":2}]})", R"({"a":2})"));
}

TEST(ConformanceRunner, refuses_another_value_kind_or_number_of_members) {
  EXPECT_FALSE(passes(R"({"a":1})", R"({"a":2})"));
  EXPECT_FALSE(passes(R"({"a":1})", R"({"a":1.0})"));
  EXPECT_FALSE(passes(R"({"a":1})", R"({"a":"1"})"));
  EXPECT_FALSE(passes(R"({"a":1})", R"({"a":1,"b":2})"));
  EXPECT_FALSE(passes(R"({"a":1,"b":2})", R"({"a":1})"));
  EXPECT_FALSE(passes(R"({"a":[1,2]})", R"({"a":[2,1]})"));
  EXPECT_FALSE(passes(R"({"a":[1]})", R"({"a":[1,2]})"));
  EXPECT_FALSE(passes(R"({"a":"{{text}}"})", R"({"a":""})"));
  EXPECT_FALSE(passes(R"({"$one_of":[{"a":1},{"a":2}]})", R"({"a":3})"));
}

TEST(ConformanceRunner, refuses_a_name_that_comes_twice) {
  EXPECT_FALSE(passes(R"({"a":1})", R"({"a":1,"a":1})"));
}

TEST(ConformanceRunner, refuses_what_is_no_json) {
  EXPECT_FALSE(passes(R"({"a":1})", R"({"a":1)"));
  EXPECT_FALSE(passes(R"({"a":1})", R"({"a":1} )"
                                    "x"));
}

TEST(ConformanceRunner, minds_order_and_spelling_where_told_to) {
  EXPECT_TRUE(passes(R"({"v":{"$exact":{"a":1,"b":2}}})", R"({"v":{"a":1,"b":2}})"));
  EXPECT_FALSE(passes(R"({"v":{"$exact":{"a":1,"b":2}}})", R"({"v":{"b":2,"a":1}})"));
  EXPECT_FALSE(passes(R"({"v":{"$exact":"\u0061"}})", R"({"v":"a"})"));
  EXPECT_TRUE(passes(R"({"v":"\u0061"})", R"({"v":"a"})"));
}

TEST(ConformanceRunner, refuses_an_answer_where_none_is_due_and_none_where_one_is) {
  EXPECT_TRUE(run(R"([[{"A":{}},null]])", {std::nullopt}).empty());
  EXPECT_FALSE(run(R"([[{"A":{}},null]])", {"{}"}).empty());
  EXPECT_FALSE(run(R"([[{"A":{}},{}]])", {std::nullopt}).empty());
}

TEST(ConformanceRunner, binds_what_it_sees_first_and_compares_from_then_on) {
  const std::string steps = R"([[{"A":{}},{"t":"{{x}}"}],[{"B":"{{x}}"},{"t":"{{x}}"}]])";
  EXPECT_TRUE(run(steps, {R"({"t":"7"})", R"({"t":"7"})"}).empty());
  EXPECT_FALSE(run(steps, {R"({"t":"7"})", R"({"t":"8"})"}).empty());
}

TEST(ConformanceRunner, binds_whole_numbers_and_sends_them_as_numbers) {
  const std::string steps =
      R"([[{"A":{}},{"r":"{{x}}"}],["{\"B\":{{x}}0}",{}],[{"B":"{{x}}","c":"a{{x}}"},{"r":"{{x}}"}]])";
  const auto json = parse_json(R"({"name":"n","steps":)" + steps + "}");
  Puppet puppet({R"({"r":7})", "{}", R"({"r":7})"});
  EXPECT_EQ(run_case({.file = "f", .name = "n", .json = *json}, puppet), "");
  EXPECT_EQ(puppet.sent[1], R"({"B":70})");
  EXPECT_EQ(puppet.sent[2], R"({"B":7,"c":"a7"})");
  EXPECT_FALSE(run(steps, {R"({"r":7})", "{}", R"({"r":8})"}).empty());
  EXPECT_FALSE(run(steps, {R"({"r":7})", "{}", R"({"r":"7"})"}).empty());
  EXPECT_FALSE(run(steps, {R"({"r":"7"})", "{}", R"({"r":7})"}).empty());
  EXPECT_FALSE(passes(R"({"r":"{{x}}"})", R"({"r":7.0})"));
  EXPECT_FALSE(passes(R"({"r":"{{x}}"})", R"({"r":-7})"));
}

TEST(ConformanceRunner, compares_and_binds_greater_numbers) {
  const auto after_7 = [](const std::string& expected, const std::string& answer) {
    return run(R"([[{"A":{}},{"r":"{{x}}"}],[{"A":{}},)" + expected + "]]", {R"({"r":7})", answer})
        .empty();
  };
  EXPECT_TRUE(after_7(R"({"r":"{{>x}}"})", R"({"r":10})"));
  EXPECT_FALSE(after_7(R"({"r":"{{>x}}"})", R"({"r":7})"));
  EXPECT_FALSE(after_7(R"({"r":"{{>x}}"})", R"({"r":6})"));
  EXPECT_FALSE(after_7(R"({"r":"{{>x}}"})", R"({"r":"8"})"));
  EXPECT_TRUE(after_7(R"({"r":"{{y>x}}","s":"{{y}}"})", R"({"r":8,"s":8})"));
  EXPECT_FALSE(after_7(R"({"r":"{{y>x}}","s":"{{y}}"})", R"({"r":8,"s":9})"));
  EXPECT_FALSE(passes(R"({"r":"{{>x}}"})", R"({"r":8})"));
}

TEST(ConformanceRunner, takes_items_in_any_order_where_told_to) {
  EXPECT_TRUE(passes(R"({"a":{"$any_order":[1,"b",[2]]}})", R"({"a":[[2],1,"\u0062"]})"));
  EXPECT_FALSE(passes(R"({"a":{"$any_order":[1,1,2]}})", R"({"a":[1,2,2]})"));
  EXPECT_FALSE(passes(R"({"a":{"$any_order":[1,2]}})", R"({"a":[1,2,3]})"));
  EXPECT_FALSE(passes(R"({"a":{"$any_order":[]}})", R"({"a":{}})"));
}

TEST(ConformanceRunner, compares_times_with_the_clock) {
  EXPECT_TRUE(passes(R"({"e":"{{unix+5}}"})", R"({"e":6})"));
  EXPECT_FALSE(passes(R"({"e":"{{unix+5}}"})", R"({"e":7})"));
}

TEST(ConformanceRunner, says_what_was_sent_expected_and_answered) {
  const std::string fault = run(R"([[{"A":{}},{"a":1}]])", {R"({"a":2})"});
  EXPECT_NE(fault.find(R"({"A":{}})"), std::string::npos) << fault;
  EXPECT_NE(fault.find("expected 1 but got 2"), std::string::npos) << fault;
}

}  // namespace seshdb::testing
