// Requests of about the size of a message, each made of very many parts of one kind, get their
// answers. Work that grows with the square of the parts would take minutes: the time limit of the
// tests is what catches it.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "support/local_target.h"

namespace seshdb::testing {

namespace {

using MakeRequest = std::function<std::string(const std::string& tkn)>;

// How many parts fit into a message of a mebibyte.
constexpr std::size_t kMembers = 65'000;
constexpr std::size_t kTokens = 500'000;
constexpr std::size_t kCharacters = 1'000'000;
constexpr std::size_t kMatched = 400'000;  // of a text, within the steps of a search

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

// On a session of its own, after `before` where that is given.
void expect_status(const std::string& status, const MakeRequest& make,
                   const MakeRequest& before = nullptr) {
  LocalTarget target;
  const auto made = target.send(R"({"SH_NEW":{"name":"large"}})");
  const std::string tkn = parse_json(made.value())->members.at(0).second.find("tkn")->text;
  if (before) (void)target.send(before(tkn));
  const std::string answer = target.send(make(tkn)).value_or("");
  EXPECT_NE(answer.find("\"st\":" + status + ','), std::string::npos) << answer.substr(0, 200);
}

std::string patch(const std::string& tkn, const std::string& operations) {
  return R"({"KV_PATCH":{"tkn":")" + tkn + R"(","ops":[)" + operations + "]}}";
}

MakeRequest set_at(const std::string& token) {
  return [token](const std::string& tkn) {
    return patch(tkn,
                 R"({"op":"set","path":"/k)" + repeated('/' + token, kTokens) + R"(","value":1})");
  };
}

}  // namespace

TEST(LargeRequests, of_a_merge_of_many_keys) {
  expect_status("1", [](const std::string& tkn) {
    return R"({"KV_MERGE":{"tkn":")" + tkn + R"(","keys":{)" + many(kMembers, member) + "}}}";
  });
}

TEST(LargeRequests, of_a_merge_of_many_members) {
  const MakeRequest merge = [](const std::string& tkn) {
    return R"({"KV_MERGE":{"tkn":")" + tkn + R"(","keys":{"v":{)" + many(kMembers, member) + "}}}}";
  };
  expect_status("1", merge);
  expect_status("1", merge, merge);
}

TEST(LargeRequests, of_a_session_that_is_replaced) {
  expect_status("1", [](const std::string& tkn) {
    return patch(tkn, R"({"op":"set","path":"","value":{)" + many(kMembers, member) + "}}");
  });
}

TEST(LargeRequests, of_a_set_with_many_parents) {
  expect_status("43", set_at("a"));
  expect_status("43", set_at("-"));
}

TEST(LargeRequests, of_a_test_with_members_in_another_order) {
  const MakeRequest set = [](const std::string& tkn) {
    return R"({"KV_SET":{"tkn":")" + tkn + R"(","keys":{"v":{)" + many(kMembers, member) + "}}}}";
  };
  expect_status(
      "1",
      [](const std::string& tkn) {
        const auto backwards = [](std::size_t i) { return member(kMembers - 1 - i); };
        return patch(tkn,
                     R"({"op":"test","path":"/v","value":{)" + many(kMembers, backwards) + "}}");
      },
      set);
}

TEST(LargeRequests, of_numbers_with_many_digits) {
  const auto with_digits = [](const std::string& op) -> MakeRequest {
    return [op](const std::string& tkn) {
      return patch(tkn, R"({"op":")" + op + R"(","path":"/n","value":1)" +
                            repeated("0", kCharacters) + ".5e-" + std::to_string(kCharacters) +
                            '}');
    };
  };
  expect_status("43", with_digits("inc"));
  expect_status("1", with_digits("test"), with_digits("set"));
}

TEST(LargeRequests, of_a_regular_expression_with_many_ways) {
  const MakeRequest set = [](const std::string& tkn) {
    return R"({"KV_SET":{"tkn":")" + tkn + R"(","keys":{"v":[")" + repeated("a", kMatched) +
           "\"]}}}";
  };
  const MakeRequest find = [](const std::string& tkn) {
    return R"({"KV_FIND":{"tkn":")" + tkn + R"(","path":"$.v[?search(@,'(a*a*)*b')]"}})";
  };
  expect_status("1", find, set);
}

TEST(LargeRequests, of_a_name_with_many_escapes) {
  const std::string name = repeated("~0", kTokens / 2);
  expect_status("1", [&name](const std::string& tkn) {
    return patch(tkn, R"({"op":"set","path":"/v/)" + name + R"(","value":1},)" +
                          R"({"op":"test","path":"/v/)" + name + R"(","value":1})");
  });
}

}  // namespace seshdb::testing
