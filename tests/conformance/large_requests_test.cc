// A request four times as large takes about four times as long, whatever it is made of: so no
// request that is within the limits stops a core for long. Processor time is compared with that of
// a smaller request in the same run.
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <string>

#include "support/local_target.h"

namespace seshdb::testing {

namespace {

constexpr int kTries = 3;
// Of work that grows with the square it would be 16.
constexpr double kMost = 8;

using MakeRequest = std::function<std::string(const std::string& tkn, std::size_t size)>;

// `count` texts, with a comma between two.
std::string many(std::size_t count, const std::function<std::string(std::size_t)>& make) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += (i == 0 ? "" : ",") + make(i);
  return all;
}

std::string repeated(const std::string& text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

std::string member(std::size_t i) { return "\"k" + std::to_string(i) + "\":" + std::to_string(i); }

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// On a session of its own. `before`, where it is given, is sent first and is not measured.
double seconds_of(const MakeRequest& before, const MakeRequest& make, std::size_t size,
                  const std::string& status) {
  LocalTarget target;
  const auto made = target.send(R"({"SH_NEW":{"name":"large"}})");
  const std::string tkn = parse_json(made.value())->members.at(0).second.find("tkn")->text;
  if (before) (void)target.send(before(tkn, size));
  const std::string request = make(tkn, size);
  const double begin = processor_seconds();
  const std::string answer = target.send(request).value_or("");
  const double seconds = processor_seconds() - begin;
  EXPECT_NE(answer.find("\"st\":" + status + ','), std::string::npos) << answer.substr(0, 200);
  return seconds;
}

void expect_no_square(std::size_t size, const MakeRequest& make, const std::string& status = "1",
                      const MakeRequest& before = nullptr) {
  double small = 1e9;
  double large = 1e9;
  for (int i = 0; i < kTries; ++i) {
    small = std::min(small, seconds_of(before, make, size, status));
    large = std::min(large, seconds_of(before, make, 4 * size, status));
    if (large < kMost * small) return;
  }
  ADD_FAILURE() << "four times as large takes " << large / small << " times as long: " << large
                << " seconds";
}

std::string patch(const std::string& tkn, const std::string& operations) {
  return R"({"KV_PATCH":{"tkn":")" + tkn + R"(","ops":[)" + operations + "]}}";
}

MakeRequest set_at(const std::string& token) {
  return [token](const std::string& tkn, std::size_t size) {
    return patch(tkn,
                 R"({"op":"set","path":"/k)" + repeated('/' + token, size) + R"(","value":1})");
  };
}

}  // namespace

TEST(LargeRequests, of_a_merge_of_many_keys) {
  expect_no_square(4'000, [](const std::string& tkn, std::size_t size) {
    return R"({"KV_MERGE":{"tkn":")" + tkn + R"(","keys":{)" + many(size, member) + "}}}";
  });
}

TEST(LargeRequests, of_a_merge_of_many_members) {
  const MakeRequest merge = [](const std::string& tkn, std::size_t size) {
    return R"({"KV_MERGE":{"tkn":")" + tkn + R"(","keys":{"v":{)" + many(size, member) + "}}}}";
  };
  expect_no_square(4'000, merge);
  expect_no_square(4'000, merge, "1", merge);
}

TEST(LargeRequests, of_a_session_that_is_replaced) {
  expect_no_square(4'000, [](const std::string& tkn, std::size_t size) {
    return patch(tkn, R"({"op":"set","path":"","value":{)" + many(size, member) + "}}");
  });
}

TEST(LargeRequests, of_a_set_with_many_parents) {
  expect_no_square(10'000, set_at("a"), "43");
  expect_no_square(10'000, set_at("-"), "43");
}

TEST(LargeRequests, of_a_test_with_members_in_another_order) {
  const MakeRequest set = [](const std::string& tkn, std::size_t size) {
    return R"({"KV_SET":{"tkn":")" + tkn + R"(","keys":{"v":{)" + many(size, member) + "}}}}";
  };
  const MakeRequest test = [](const std::string& tkn, std::size_t size) {
    const auto backwards = [size](std::size_t i) { return member(size - 1 - i); };
    return patch(tkn, R"({"op":"test","path":"/v","value":{)" + many(size, backwards) + "}}");
  };
  expect_no_square(4'000, test, "1", set);
}

TEST(LargeRequests, of_numbers_with_many_digits) {
  const auto with_digits = [](const std::string& op) -> MakeRequest {
    return [op](const std::string& tkn, std::size_t size) {
      return patch(tkn, R"({"op":")" + op + R"(","path":"/n","value":1)" + repeated("0", size) +
                            ".5e-" + std::to_string(size) + '}');
    };
  };
  expect_no_square(50'000, with_digits("inc"), "43");
  expect_no_square(50'000, with_digits("test"), "1", with_digits("set"));
}

TEST(LargeRequests, of_a_regular_expression_with_many_ways) {
  const MakeRequest set = [](const std::string& tkn, std::size_t size) {
    return R"({"KV_SET":{"tkn":")" + tkn + R"(","keys":{"v":[")" + repeated("a", size) + "\"]}}}";
  };
  const MakeRequest find = [](const std::string& tkn, std::size_t) {
    return R"({"KV_FIND":{"tkn":")" + tkn + R"(","path":"$.v[?search(@,'(a*a*)*b')]"}})";
  };
  expect_no_square(100'000, find, "1", set);
}

TEST(LargeRequests, of_a_name_with_many_escapes) {
  expect_no_square(20'000, [](const std::string& tkn, std::size_t size) {
    return patch(tkn, R"({"op":"set","path":"/v/)" + repeated("~0", size) + R"(","value":1},)" +
                          R"({"op":"test","path":"/v/)" + repeated("~0", size) + R"(","value":1})");
  });
}

}  // namespace seshdb::testing
