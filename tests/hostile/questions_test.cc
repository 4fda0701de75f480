// Requests that ask for as much work as they can: each gets an answer within its bounds, and other
// connections get theirs meanwhile.
#include <gtest/gtest.h>

#include <string>

#include "support/socket_target.h"

namespace seshdb::testing {

namespace {

constexpr std::size_t kDocumentBytes = 680'000;
constexpr std::size_t kAnswerBytesMax = 1'350'000;  // less than two documents

server::Config bounded() {
  server::Config config;
  config.bounds.answer_bytes = kAnswerBytesMax;
  return config;
}

std::string repeated(const std::string& text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

// Objects in an array, of which each has the same members.
std::string large_document() {
  const std::string item = R"({"a":{"b":[1,2,3]},"s":"aaaaaaaaaaaaaaaa"},)";
  std::string items = repeated(item, kDocumentBytes / item.size());
  items.pop_back();
  return '[' + items + ']';
}

class HostileQuestions : public ::testing::Test {
 protected:
  HostileQuestions() : own_(new_session(other_)), large_(new_session(asking_)) {
    other_.ask(R"({"KV_SET":{"tkn":")" + own_ + R"(","keys":{"mine":7}}})");
    asking_.ask(R"({"KV_SET":{"tkn":")" + large_ + R"(","keys":{"v":)" + large_document() + "}}}");
  }

  static std::string new_session(WebSocketClient& client) {
    return token_of(client.ask(R"({"SH_NEW":{"name":"a"}})"));
  }
  // The answer to the command about the large session. Another client gets its own meanwhile.
  std::string ask(const std::string& command, const std::string& arguments) {
    return ask_whole("{\"" + command + R"(":{"tkn":")" + large_ + "\"," + arguments + "}}");
  }
  std::string ask_whole(const std::string& request) {
    asking_.send_text(request);
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(other_.ask(R"({"KV_GET":{"tkn":")" + own_ + R"(","keys":["mine"]}})"),
                R"({"KV_GET_RSP":{"tkn":")" + own_ + R"(","keys":{"mine":7}}})");
    }
    std::string answer = asking_.read_text();
    EXPECT_LE(answer.size(), kAnswerBytesMax + 1'000);
    return answer;
  }
  void expect_status(int status, const std::string& command, const std::string& arguments) {
    const std::string answer = ask(command, arguments);
    EXPECT_NE(answer.find("\"st\":" + std::to_string(status) + ','), std::string::npos)
        << arguments.substr(0, 200) << '\n'
        << answer.substr(0, 200);
  }
  // The large session is as it was.
  void expect_unchanged() {
    EXPECT_EQ(ask("KV_GET", R"("keys":["v"])"), R"({"KV_GET_RSP":{"tkn":")" + large_ +
                                                    R"(","keys":{"v":)" + large_document() + "}}}");
    EXPECT_NE(ask("KV_COUNT", R"("rid":1)").find(R"("cnt":1)"), std::string::npos);
  }

  SystemClock clock_;
  TestServer server_{clock_, 2, bounded()};
  WebSocketClient other_{server_.port()};
  WebSocketClient asking_{server_.port()};
  const std::string own_;
  const std::string large_;
};

}  // namespace

TEST_F(HostileQuestions, of_paths_end_at_their_bounds) {
  for (const char* const path :
       {"$..[?@..[?@..[?@.a==1]]]", "$..*", "$..[?value(@..s)==value(@..a)]", "$.v[?@.a==$.v]",
        "$..['a','b','s',0]", "$.v[?count($..*)>1]", "$..[?match(@.s,'(a|a)*b')]",
        "$..[?search(@.s,'((a*)*)*b')]"}) {
    expect_status(43, "KV_FIND", std::string(R"("path":")") + path + '"');
  }
  // Unions of as many parts as the bound of a path allows.
  const std::string parts = "$.v[" + repeated("0,", 509) + "0]";
  expect_status(1, "KV_FIND", R"("path":")" + parts + '"');
  expect_status(42, "KV_FIND", R"("path":"$.v[)" + repeated("0,", 3'000) + R"(0]")");
  expect_status(43, "KV_FIND", R"("path":"$..[)" + repeated("0,", 500) + R"(0]")");
}

TEST_F(HostileQuestions, of_the_whole_again_and_again_end_at_their_bounds) {
  // A pointer that is there twice counts once, in another spelling too.
  expect_status(1, "KV_READ", R"("paths":[)" + repeated(R"("",)", 1'023) + R"(""])");
  expect_status(1, "KV_READ", R"("paths":["/v","\/v","/\u0076"])");
  expect_status(43, "KV_READ", R"("paths":["","/v"])");
  std::string items;
  for (int i = 0; i < 1'024; ++i) items += (i == 0 ? "\"/v/" : ",\"/v/") + std::to_string(i) + '"';
  expect_status(1, "KV_READ", R"("paths":[)" + items + ']');
}

TEST_F(HostileQuestions, that_double_by_copy_are_refused_and_change_nothing) {
  // Past the bound of what is copied, before the session has grown by a whole message.
  std::string doubling = R"({"op":"add","path":"/d","value":["aaaaaaaaaaaaaaaa"]})";
  for (int i = 0; i < 200; ++i) doubling += R"(,{"op":"copy","from":"/d","path":"/d/-"})";
  expect_status(43, "KV_PATCH", R"("ops":[)" + doubling + ']');
  std::string copies = R"({"op":"copy","from":"/v","path":"/d"})";
  for (int i = 0; i < 255; ++i) copies += R"(,{"op":"copy","from":"/v","path":"/d"})";
  expect_status(43, "KV_PATCH", R"("ops":[)" + copies + ']');
  std::string tests = R"({"op":"test","path":"","value":{}})";
  for (int i = 0; i < 255; ++i) tests += R"(,{"op":"test","path":"","value":{}})";
  expect_status(50, "KV_PATCH", R"("ops":[)" + tests + ']');
  expect_unchanged();
}

TEST_F(HostileQuestions, of_large_keys_of_a_thousand_sessions_come_in_parts) {
  constexpr int kSessions = 1'000;
  const std::string value = '"' + std::string(40'000, 'a') + '"';
  for (int i = 0; i < kSessions; ++i) {
    asking_.send_text(R"({"SH_NEW":{"name":"a","tags":["many"],"keys":{"v":)" + value + "}}}");
  }
  for (int i = 0; i < kSessions; ++i) (void)asking_.read_text();
  int found = 0;
  int answers = 0;
  for (std::string after; answers == 0 || !after.empty();) {
    const std::string from = after.empty() ? "" : R"(,"after":")" + after + '"';
    const std::string answer =
        ask_whole(R"({"SH_FIND":{"tag":"many","limit":1000,"keys":["v","none"])" + from + "}}");
    const auto parsed = parse_json(answer);
    ASSERT_TRUE(parsed) << answer.substr(0, 200);
    const Json& body = parsed->members.at(0).second;
    found += static_cast<int>(body.find("sessions")->items.size());
    after = body.find("next") == nullptr ? "" : body.find("next")->decoded();
    ASSERT_LT(++answers, 100);
  }
  EXPECT_EQ(found, kSessions);
  EXPECT_GE(answers, 3);  // they are more than twice what one answer may have
}

}  // namespace seshdb::testing
