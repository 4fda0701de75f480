// What every HTTP answer contains: its date, and whether the connection is kept.
#include <gtest/gtest.h>

#include "support/socket_target.h"

namespace seshdb::testing {

namespace {

constexpr std::string_view kRequest = R"({"SH_EXISTS":{"tkns":[]}})";
constexpr std::string_view kAnswer = R"({"SH_EXISTS_RSP":{"st":1,"exist":[]}})";

server::Config eight_connections() {
  server::Config config;
  config.bounds.message_bytes = 1'000;
  config.connections_max = 8;
  config.handshake_timeout_ms = 5'000;
  config.allow_origins = {"https://app.example.com"};
  return config;
}

// A POST over HTTP/1.0.
std::string old_post(std::string_view lines) {
  return "POST / HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: 25\r\n" +
         std::string(lines) + "\r\n" + std::string(kRequest);
}

class HttpAnswers : public ::testing::Test {
 protected:
  void SetUp() override { clock_.set_unix_ms(784'111'777'999); }
  // The answer, on a new connection.
  HttpAnswer send(std::string_view text) {
    SocketClient client(server_.port());
    client.send(text);
    HttpAnswer answer = read_http(client);
    client.finish_sending();
    EXPECT_TRUE(client.read_to_end());
    return answer;
  }
  void expect_date(const HttpAnswer& answer, int status) {
    EXPECT_EQ(answer.status, status);
    ASSERT_EQ(answer.headers.count("date"), 1U) << status;
    EXPECT_EQ(answer.headers.at("date"), date_) << status;
  }

  std::string date_ = "Sun, 06 Nov 1994 08:49:37 GMT";
  ManualClock clock_;
  TestServer server_{clock_, 1, eight_connections()};
};

}  // namespace

TEST_F(HttpAnswers, have_a_date) {
  const std::string get = " HTTP/1.1\r\nHost: a\r\n\r\n";
  for (const auto& [text, status] : std::vector<std::pair<std::string, int>>{
           {http_post(kRequest), 200},
           {"GET /healthz" + get, 200},
           {"HEAD /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 200},
           {"GET /metrics" + get, 200},
           {std::string(kUpgrade) + "\r\n", 101},
           {"nonsense\r\n\r\n", 400},
           {http_post(kRequest, "Origin: http://evil.example\r\n"), 403},
           {"GET /nothing" + get, 404},
           {"DELETE /" + get, 405},
           {http_post(std::string(1'001, ' ')), 413},
           {http_post(kRequest, "Content-Encoding: gzip\r\n"), 415},
           {"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n", 426},
           {"GET /" + std::string(20'000, 'x'), 431},
           {http_post(kRequest, "Transfer-Encoding: gzip, chunked\r\n"), 400},
           {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501}}) {
    expect_date(send(text), status);
  }
  SocketClient client(server_.port());
  client.send(http_post(kRequest));
  expect_date(read_http(client), 200);
  clock_.set_unix_ms(784'111'778'000);
  date_ = "Sun, 06 Nov 1994 08:49:38 GMT";
  client.send(http_post(kRequest));
  expect_date(read_http(client), 200);
}

TEST_F(HttpAnswers, have_a_date_where_no_client_is_accepted) {
  if (tls_of_environment()) GTEST_SKIP() << "a TLS port refuses without an answer";
  std::vector<SocketClient> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back(server_.port());
    clients.back().send(http_post(kRequest));
    expect_date(read_http(clients.back()), 200);
  }
  SocketClient ninth(server_.port());
  expect_date(read_http(ninth), 503);
}

TEST_F(HttpAnswers, have_a_date_after_a_timeout) {
  SocketClient client(server_.port());
  client.send("GET /healthz HTTP/1.1\r\n");
  WebSocketClient witness(server_.port());
  EXPECT_EQ(witness.ask(kRequest), kAnswer);
  clock_.advance_ms(6'000);
  EXPECT_EQ(witness.ask(kRequest), kAnswer);
  date_ = "Sun, 06 Nov 1994 08:49:43 GMT";
  expect_date(read_http(client), 408);
}

TEST_F(HttpAnswers, tell_an_old_client_that_its_connection_is_kept) {
  SocketClient client(server_.port());
  for (int i = 0; i < 3; ++i) {
    client.send(old_post("Connection: Keep-Alive\r\n"));
    const HttpAnswer answer = read_http(client);
    EXPECT_EQ(answer.body, kAnswer);
    EXPECT_EQ(answer.headers.at("connection"), "keep-alive");
  }
  client.send("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(read_http(client).headers.at("connection"), "keep-alive");
  client.send("GET /nothing HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(read_http(client).headers.at("connection"), "keep-alive");
  client.send(old_post(""));
  EXPECT_EQ(read_http(client).headers.at("connection"), "close");
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(HttpAnswers, omit_the_default_of_the_http_version_for_the_connection) {
  SocketClient client(server_.port());
  client.send(http_post(kRequest));
  EXPECT_EQ(read_http(client).headers.count("connection"), 0U);
  client.send(http_post(kRequest, "Connection: keep-alive\r\n"));
  EXPECT_EQ(read_http(client).headers.count("connection"), 0U);
  client.send(http_post(kRequest, "Connection: keep-alive, close\r\n"));
  EXPECT_EQ(read_http(client).headers.at("connection"), "close");
  EXPECT_EQ(client.read_to_end(), "");
  for (const char* lines : {"Connection: close\r\n", "Connection: keep-alive, close\r\n",
                            "Connection: close\r\nConnection: keep-alive\r\n", "Keep-Alive: 5\r\n",
                            "Proxy-Connection: keep-alive\r\n"}) {
    EXPECT_EQ(send(old_post(lines)).headers.at("connection"), "close") << lines;
  }
}

TEST_F(HttpAnswers, refuse_an_encoded_body_and_name_the_accepted_coding) {
  for (const char* coding : {"gzip", "br", "identity", "", "gzip, deflate"}) {
    const HttpAnswer answer =
        send(http_post(kRequest, "Content-Encoding: " + std::string(coding) + "\r\n"));
    EXPECT_EQ(answer.status, 415) << coding;
    EXPECT_EQ(answer.headers.at("accept-encoding"), "identity") << coding;
    EXPECT_EQ(answer.body.find("_RSP"), std::string::npos) << coding;
  }
}

}  // namespace seshdb::testing
