// Keys in every wrong form, and headers that two programs could read in two ways.
#include <gtest/gtest.h>

#include <string>

#include "auth/keys.h"
#include "support/socket_target.h"

namespace seshdb::testing {

namespace {

using auth::Role;

const std::string kCount = R"({"SH_INFO_ALL":{}})";
const std::string kRight = R"({"AUTH":{"key":"sesh_shop"}})";

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}
std::string st(int number) { return "\"st\":" + std::to_string(number); }

server::Config config_with_key() {
  server::Config config;
  config.auth_file = "keys";
  config.keys = *auth::Keys::parse(auth::key_line("shop", Role::kApp, "sesh_shop"));
  config.anonymous = Role::kNone;
  return config;
}

class HostileKeys : public ::testing::Test {
 protected:
  // Whatever came before, a client with the right key is served.
  void TearDown() override {
    WebSocketClient client(server_.port());
    EXPECT_TRUE(has(client.ask(kRight), st(1)));
    EXPECT_TRUE(has(client.ask(kCount), "totalSessions"));
  }
  int status_of(const std::string& lines) {
    SocketClient client(server_.port());
    client.send(http_post(kCount, lines));
    return read_http(client).status;
  }

  SystemClock clock_;
  TestServer server_{clock_, 2, config_with_key()};
};

}  // namespace

TEST_F(HostileKeys, a_hundred_thousand_messages_with_the_right_key_are_answered) {
  constexpr int kMessages = 100'000 / SESHDB_TEST_SHARE;
  constexpr int kTogether = 100;
  WebSocketClient client(server_.port());
  std::string frames;
  for (int i = 0; i < kTogether; ++i) frames += make_frame(kRight);
  for (int sent = 0; sent < kMessages; sent += kTogether) {
    ASSERT_TRUE(client.send(frames));
    for (int i = 0; i < kTogether; ++i) ASSERT_TRUE(has(client.read_text(), st(1)));
  }
}

// A hundred thousand wrong ones end after three, and few connections are enough for the limit.
TEST_F(HostileKeys, a_hundred_thousand_wrong_messages_end_after_three) {
  constexpr int kMessages = 100'000 / SESHDB_TEST_SHARE;
  WebSocketClient client(server_.port());
  std::string frames;
  for (int i = 0; i < kMessages; ++i) {
    frames += make_frame(R"({"AUTH":{"key":"sesh_)" + std::to_string(i) + R"("}})");
  }
  (void)client.send(frames);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(has(client.read_text(), st(204)));
  EXPECT_EQ(client.read_close(), 1008U);
}

TEST_F(HostileKeys, of_every_wrong_form_are_wrong) {
  for (const std::string& key :
       {std::string(), std::string("sesh_shop\\u0000"), std::string("\\u0000sesh_shop"),
        std::string("sesh_shop\\n"), std::string("SESH_SHOP"), std::string("sesh_\\ud800"),
        std::string("shop"), std::string(1'024, 'k')}) {
    WebSocketClient client(server_.port());
    EXPECT_TRUE(has(client.ask(R"({"AUTH":{"key":")" + key + R"("}})"), st(204))) << key;
  }
  WebSocketClient escaped(server_.port());
  EXPECT_TRUE(has(escaped.ask(R"({"AUTH":{"key":"\u0073esh_shop"}})"), st(1)))
      << "it is the same string";
}

TEST_F(HostileKeys, of_a_megabyte_are_refused) {
  const std::string huge = R"({"AUTH":{"key":")" + std::string(1'000'000, 'k') + R"("}})";
  WebSocketClient unknown(server_.port());
  (void)unknown.send_text(huge);
  EXPECT_EQ(unknown.read_close(), 1009U);
  WebSocketClient known(server_.port());
  known.ask(kRight);
  EXPECT_TRUE(has(known.ask(huge), st(42)));
  EXPECT_EQ(status_of("Authorization: Bearer " + std::string(10'000, 'k') + "\r\n"), 401);
  EXPECT_EQ(status_of("Authorization: Bearer " + std::string(1'000'000, 'k') + "\r\n"), 431);
}

TEST_F(HostileKeys, in_headers_with_two_readings_are_refused) {
  const std::string right = "Authorization: Bearer sesh_shop\r\n";
  EXPECT_EQ(status_of(right), 200);
  for (const std::string& lines :
       {right + right, right + "Authorization: Bearer x\r\n", "authorization: Bearer x\r\n" + right,
        std::string("Authorization: Bearer\r\n sesh_shop\r\n"),
        std::string("Authorization:\r\n\tBearer sesh_shop\r\n"),
        std::string("Authorization : Bearer sesh_shop\r\n"),
        std::string(" Authorization: Bearer sesh_shop\r\n"),
        std::string("Authorization: Bearer sesh_shop\n"),
        std::string("Authorization: Bearer \0sesh_shop\r\n", 34)}) {
    EXPECT_EQ(status_of(lines), 400) << lines;
  }
  for (const std::string& lines : {std::string("Authorization: Bearer sesh_shop, Bearer x\r\n"),
                                   std::string("Authorization: Bearer sesh_shop x\r\n"),
                                   std::string("Authorization: \"Bearer\" sesh_shop\r\n"),
                                   std::string("Authorization: Bearer\tsesh_shop\r\n"),
                                   std::string("Proxy-Authorization: Bearer sesh_shop\r\n"),
                                   std::string("X-Authorization: Bearer sesh_shop\r\n"),
                                   std::string("Cookie: Authorization=Bearer sesh_shop\r\n")}) {
    EXPECT_EQ(status_of(lines), 401) << lines;
  }
  SocketClient client(server_.port());
  client.send(
      "POST /?key=sesh_shop&access_token=sesh_shop HTTP/1.1\r\nHost: 127.0.0.1\r\n"
      "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_EQ(read_http(client).status, 401);
}

// The body of a request that is not let in is not waited for.
TEST_F(HostileKeys, are_asked_for_before_the_body_comes) {
  SocketClient client(server_.port());
  client.send(
      "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
      "Content-Length: 1000000\r\n\r\n");
  EXPECT_EQ(read_http(client).status, 401);
  EXPECT_TRUE(client.read_to_end().has_value());
}

}  // namespace seshdb::testing
