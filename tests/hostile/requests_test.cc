// Texts that crashed or corrupted other stores, on a connection that stays usable afterwards.
#include <gtest/gtest.h>

#include "support/socket_target.h"

namespace seshdb::testing {

namespace {

class HostileRequests : public ::testing::Test {
 protected:
  std::string new_session() {
    const std::string answer = client_.ask(R"({"SH_NEW":{"name":"a"}})");
    return parse_json(answer)->members.at(0).second.find("tkn")->decoded();
  }
  static bool starts_with(const std::string& text, std::string_view start) {
    return text.rfind(start, 0) == 0;
  }

  SystemClock clock_;
  TestServer server_{clock_, 2};
  WebSocketClient client_{server_.port()};
};

std::string nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

}  // namespace

TEST_F(HostileRequests, that_are_json_but_not_an_object_get_an_answer) {
  for (const char* text : {R"(["KV_GET"])", "5", "true", "null", R"("KV_GET")", "[]", "{}"}) {
    EXPECT_TRUE(starts_with(client_.ask(text), R"({"ERR":{"st":13,)")) << text;
  }
}

TEST_F(HostileRequests, of_any_depth_get_an_answer) {
  for (const std::size_t levels : {1U, 2U, 100U, 1'023U, 1'024U, 1'025U, 100'000U, 1'000'000U}) {
    EXPECT_TRUE(starts_with(client_.ask(std::string(levels, '[')), R"({"ERR":{"st":3,)")) << levels;
  }
  EXPECT_TRUE(starts_with(client_.ask(nested(1'024)), R"({"ERR":{"st":13,)"));
  EXPECT_TRUE(starts_with(client_.ask(nested(1'025)), R"({"ERR":{"st":3,)"));
}

TEST_F(HostileRequests, that_nest_a_value_too_deep_change_nothing) {
  const std::string token = new_session();
  const std::string head = R"(":{"tkn":")" + token;
  client_.ask(R"({"KV_SET)" + head + R"(","keys":{"k":[1]}}})");
  for (const std::string& text :
       {R"({"KV_SET)" + head + R"(","keys":{"k":)" + nested(100'000) + "}}}",
        R"({"KV_APPEND)" + head + R"(","keys":{"k":)" + nested(100'000) + "}}}",
        R"({"KV_UPDATE)" + head + R"(","key":"k","/0":)" + nested(100'000) + "}}"}) {
    EXPECT_TRUE(starts_with(client_.ask(text), R"({"ERR":{"st":3,)"));
    EXPECT_EQ(client_.ask(R"({"KV_GET)" + head + R"(","keys":["k"]}})"),
              R"({"KV_GET_RSP":{"tkn":")" + token + R"(","keys":{"k":[1]}}})");
  }
}

TEST_F(HostileRequests, cannot_make_a_value_deeper_step_by_step) {
  const std::string token = new_session();
  const std::string head = R"(":{"tkn":")" + token;
  // A request has three levels around a value, so that it can set 1,021 at most.
  const std::string set = R"({"KV_SET)" + head + R"(","keys":{"k":)" + std::string(1'021, '[') +
                          "0" + std::string(1'021, ']') + "}}}";
  std::string path;
  for (int i = 0; i < 1'021; ++i) path += "/0";
  const std::string update = R"({"KV_UPDATE)" + head + R"(","key":"k",")" + path + R"(":)";
  client_.ask(set);
  EXPECT_EQ(client_.ask(update + "[[[]]]}}"),
            R"({"KV_UPDATE_RSP":{"tkn":")" + token + R"(","key":{"k":1}}})");
  client_.ask(set);
  EXPECT_EQ(client_.ask(update + "[[[[]]]]}}"),
            R"({"KV_UPDATE_RSP":{"tkn":")" + token + R"(","key":{"k":43},"m":")" + path + R"("}})");
}

TEST_F(HostileRequests, with_absurd_durations_make_no_session) {
  for (const char* duration : {"18446744073709551615", "18446744073709551616", "10000000000",
                               "3155760001", "-1", "1.5", "1e400", "\"5\"", "null", "[]"}) {
    const std::string answer = client_.ask(
        std::string(R"({"SH_NEW":{"name":"a","expiry":{"deleteSession":true,"duration":)") +
        duration + "}}}");
    EXPECT_EQ(answer, R"({"SH_NEW_RSP":{"st":13,"tkn":null,"m":"expiry"}})") << duration;
  }
  EXPECT_EQ(client_.ask(R"({"SH_INFO_ALL":{}})"),
            R"({"SH_INFO_ALL_RSP":{"totalSessions":0,"totalKeys":0}})");
}

TEST_F(HostileRequests, of_a_member_with_an_empty_name_change_that_member_only) {
  const std::string token = new_session();
  const std::string head = R"(":{"tkn":")" + token;
  client_.ask(R"({"KV_SET)" + head + R"(","keys":{"k":{"a":1,"":2,"b":{"":3}}}}})");
  client_.ask(R"({"KV_UPDATE)" + head + R"(","key":"k","/":"new"}})");
  EXPECT_EQ(
      client_.ask(R"({"KV_GET)" + head + R"(","keys":["k"]}})"),
      R"({"KV_GET_RSP":{"tkn":")" + token + R"(","keys":{"k":{"a":1,"":"new","b":{"":3}}}}})");
}

TEST_F(HostileRequests, with_a_hundred_thousand_names_take_no_quadratic_time) {
  // 10^10 comparisons would exceed the test's time limit.
  const std::string token = new_session();
  std::string keys;
  for (int i = 0; i < 60'000; ++i) keys += "\"k" + std::to_string(i % 59'000) + "\":0,";
  keys.pop_back();
  const std::string answer =
      client_.ask(R"({"KV_SET":{"tkn":")" + token + R"(","keys":{)" + keys + "}}}");
  EXPECT_EQ(parse_json(answer)->members[0].second.find("keys")->members.size(), 59'000U);
}

}  // namespace seshdb::testing
