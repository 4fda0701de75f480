// HTTP that would need unlimited memory, and bodies at their limits.
#include <gtest/gtest.h>

#include "support/socket_target.h"

namespace seshdb::testing {

namespace {

constexpr std::string_view kRequest = R"({"SH_EXISTS":{"tkns":[]}})";
constexpr std::string_view kAnswer = R"({"SH_EXISTS_RSP":{"st":1,"exist":[]}})";
constexpr std::string_view kChunked =
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    "Transfer-Encoding: chunked\r\n\r\n";

server::Config small_messages() {
  server::Config config;
  config.bounds.message_bytes = 1'000;
  return config;
}

class HttpBounds : public ::testing::Test {
 protected:
  HttpAnswer send(std::string_view text) {
    SocketClient client(server_.port());
    client.send(text);
    return read_http(client);
  }
  // Sends `begin`, then `filler` until the server refuses it; false where it never does.
  bool is_refused(std::string_view begin, std::string_view filler) {
    constexpr std::size_t kFarTooMuch = 16'000'000;
    SocketClient client(server_.port());
    std::string block;
    while (block.size() < 100'000) block += filler;
    bool open = client.send(begin);
    for (std::size_t sent = 0; open && sent < kFarTooMuch; sent += block.size()) {
      open = client.send(block);
    }
    client.finish_sending();
    const HttpAnswer answer = read_http(client);
    return answer.status == 431 || answer.status == 413 || answer.status == 400;
  }
  void TearDown() override { EXPECT_EQ(send(http_post(kRequest)).body, kAnswer); }

  SystemClock clock_;
  TestServer server_{clock_, 1, small_messages()};
};

}  // namespace

TEST_F(HttpBounds, refuse_headers_without_end) {
  EXPECT_TRUE(is_refused("GET / HTTP/1.1\r\n", "X: y\r\n"));
  EXPECT_TRUE(is_refused("GET / HTTP/1.1\r\nX: ", "y"));
  EXPECT_TRUE(is_refused("GET /", "y"));
}

TEST_F(HttpBounds, refuse_bodies_without_end) {
  EXPECT_TRUE(is_refused(kChunked, "5\r\nabcde\r\n"));
  EXPECT_TRUE(is_refused(kChunked, "1\r\na\r\n"));
}

TEST_F(HttpBounds, refuse_chunk_heads_and_trailers_without_end) {
  EXPECT_TRUE(is_refused(std::string(kChunked) + "1;", "x"));
  EXPECT_TRUE(is_refused(std::string(kChunked) + "0\r\nX: ", "y"));
  EXPECT_TRUE(is_refused(std::string(kChunked) + "0\r\n", "X: y\r\n"));
}

TEST_F(HttpBounds, a_body_may_be_exactly_as_large_as_the_limit) {
  std::string body(kRequest);
  body.resize(1'000, ' ');
  EXPECT_EQ(send(http_post(body)).body, kAnswer);
  EXPECT_EQ(send(std::string(kChunked) + "3e8\r\n" + body + "\r\n0\r\n\r\n").body, kAnswer);
  body += ' ';
  EXPECT_EQ(send(http_post(body)).status, 413);
}

TEST_F(HttpBounds, a_body_that_is_not_json_is_answered_like_a_message) {
  for (const std::string& body :
       {std::string(), std::string("\xFF"), std::string("\xC3"), std::string("\xEF\xBB\xBF{}"),
        std::string("{}\0", 3), std::string("[[["), std::string("{\"SH_EXISTS\":{\"tkns\":[")}) {
    const HttpAnswer answer = send(http_post(body));
    EXPECT_EQ(answer.status, 200) << body;
    EXPECT_EQ(answer.body.rfind(R"({"ERR":{"st":3,)", 0), 0U) << body << answer.body;
  }
  EXPECT_EQ(send(http_post("5")).body.rfind(R"({"ERR":{"st":13,)", 0), 0U);
}

TEST_F(HttpBounds, an_answer_to_head_has_no_body) {
  for (const char* path : {"/", "/healthz", "/metrics", "/nothing"}) {
    SocketClient client(server_.port());
    client.send("HEAD " + std::string(path) + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const std::optional<std::string> answer = client.read_to_end();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->rfind("HTTP/1.1 ", 0), 0U);
    EXPECT_EQ(answer->find("\r\n\r\n"), answer->size() - 4) << *answer;  // RFC 9110, section 9.3.2
  }
}

TEST_F(HttpBounds, an_empty_line_before_a_request_is_ignored) {
  SocketClient client(server_.port());  // RFC 9112, section 2.2
  client.send(http_post(kRequest) + "\r\n" + http_post(kRequest));
  EXPECT_EQ(read_http(client).body, kAnswer);
  EXPECT_EQ(read_http(client).body, kAnswer);
}

}  // namespace seshdb::testing
