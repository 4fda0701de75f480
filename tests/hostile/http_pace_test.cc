// HTTP at an unusual pace: requests that overlap in the stream, bodies that arrive byte by byte,
// clients that read their answers late. Only a client that keeps the server waiting times out.
#include <gtest/gtest.h>

#include "support/socket_target.h"

namespace seshdb::testing {

namespace {

constexpr std::string_view kRequest = R"({"SH_EXISTS":{"tkns":[]}})";
constexpr std::string_view kAnswer = R"({"SH_EXISTS_RSP":{"st":1,"exist":[]}})";

server::Config five_seconds() {
  server::Config config;
  config.handshake_timeout_ms = 5'000;
  return config;
}

class HttpPace : public ::testing::Test {
 protected:
  // With one thread, the turn that answers the witness also checks the timeouts.
  void pass_ms(std::uint64_t ms) {
    WebSocketClient witness(server_.port());
    EXPECT_EQ(witness.ask(kRequest), kAnswer);
    clock_.advance_ms(ms);
    EXPECT_EQ(witness.ask(kRequest), kAnswer);
    EXPECT_EQ(witness.ask(kRequest), kAnswer);
  }

  ManualClock clock_;
  TestServer server_{clock_, 1, five_seconds()};
};

}  // namespace

TEST_F(HttpPace, requests_that_overlap_in_the_stream_have_a_deadline_each) {
  // Every write ends one request and begins the next, so that the server never sees a pause.
  const std::string request = http_post(kRequest);
  const std::string first = request.substr(0, 40);
  const std::string second = request.substr(40);
  SocketClient client(server_.port());
  client.send(first);
  for (int i = 0; i < 4; ++i) {
    pass_ms(3'000);  // less than the time that one request has
    client.send(second + first);
    const HttpAnswer answer = read_http(client);
    ASSERT_EQ(answer.status, 200) << "request " << i;
    EXPECT_EQ(answer.body, kAnswer);
  }
}

TEST_F(HttpPace, a_client_that_reads_its_answers_late_gets_every_one) {
  SocketClient client(server_.port());
  client.send(http_post(R"({"SH_NEW":{"name":"a"}})"));
  const std::string token =
      parse_json(read_http(client).body)->members.at(0).second.find("tkn")->text;
  client.send(http_post(R"({"KV_SET":{"tkn":")" + token + R"(","keys":{"k":")" +
                        std::string(1'000'000, 'd') + R"("}}})"));
  EXPECT_EQ(read_http(client).status, 200);
  // 60 MB of answers: the server stops handling what it has already read.
  std::string all;
  for (int i = 0; i < 60; ++i) {
    all += http_post(R"({"KV_GET":{"tkn":")" + token + R"(","keys":["k"],"rid":)" +
                     std::to_string(i) + "}}");
  }
  client.send(all);
  pass_ms(6'000);
  for (int i = 0; i < 60; ++i) {
    const HttpAnswer answer = read_http(client);
    ASSERT_EQ(answer.status, 200) << "request " << i;
    ASSERT_EQ(answer.body.rfind("{\"KV_GET_RSP\":{\"rid\":" + std::to_string(i) + ',', 0), 0U);
    ASSERT_GT(answer.body.size(), 1'000'000U);
  }
}

TEST_F(HttpPace, what_arrives_byte_by_byte_is_answered) {
  SocketClient client(server_.port());
  for (const char byte : http_post(kRequest) + http_post(kRequest)) {
    client.send(std::string(1, byte));
  }
  EXPECT_EQ(read_http(client).body, kAnswer);
  EXPECT_EQ(read_http(client).body, kAnswer);
}

TEST_F(HttpPace, chunks_that_arrive_byte_by_byte_are_answered) {
  SocketClient client(server_.port());
  std::string text =
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n";
  for (const char byte : kRequest) {
    text += std::string("1;x=y\r\n") + byte + "\r\n";
  }
  text += "0\r\nX: y\r\n\r\n";
  for (const char byte : text + text) {
    client.send(std::string(1, byte));
  }
  EXPECT_EQ(read_http(client).body, kAnswer);
  EXPECT_EQ(read_http(client).body, kAnswer);
}

TEST_F(HttpPace, an_upgrade_and_its_first_frames_may_come_in_one_piece) {
  SocketClient client(server_.port());
  const std::string request = make_frame(kRequest);
  client.send(http_post(kRequest) + std::string(kUpgrade) + "\r\n" + request + request);
  EXPECT_EQ(read_http(client).body, kAnswer);
  EXPECT_EQ(read_http(client).status, 101);
  const std::string answer = "\x81\x25" + std::string(kAnswer);
  EXPECT_EQ(client.read(answer.size()), answer);
  EXPECT_EQ(client.read(answer.size()), answer);
}

TEST_F(HttpPace, an_upgrade_that_never_ends_is_cut) {
  SocketClient client(server_.port());
  client.send(kUpgrade);  // without the empty line
  WebSocketClient witness(server_.port());
  EXPECT_EQ(witness.ask(kRequest), kAnswer);
  pass_ms(6'000);
  EXPECT_EQ(read_http(client).status, 408);
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_EQ(witness.ask(kRequest), kAnswer);
}

}  // namespace seshdb::testing
