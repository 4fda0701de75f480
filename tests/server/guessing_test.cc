// Wrong keys and tokens, over real sockets: what counts, who has to wait, and who does not.
#include <gtest/gtest.h>

#include <string>

#include "auth/keys.h"
#include "support/socket_target.h"

namespace seshdb::testing {

namespace {

using auth::Role;

constexpr std::uint64_t kMinuteMs = 60'000;

server::Config config_of(std::uint32_t guesses) {
  server::Config config;
  config.auth_file = "keys";
  config.keys = *auth::Keys::parse(auth::key_line("shop", Role::kApp, "sesh_shop"));
  config.anonymous = Role::kToken;
  config.guesses_per_min = guesses;
  return config;
}

std::string get(const std::string& token) {
  return R"({"KV_GET":{"tkn":")" + token + R"(","keys":["k"]}})";
}
std::string wrong(std::uint64_t number) { return get(std::to_string(number + 1)); }

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}
std::string st(int number) { return "\"st\":" + std::to_string(number) + ","; }

class Guessing : public ::testing::Test {
 protected:
  // A session that has {"k":1}.
  std::string make_session(const TestServer& server) {
    WebSocketClient app(server.port());
    EXPECT_TRUE(has(app.ask(R"({"AUTH":{"key":"sesh_shop"}})"), "\"st\":1"));
    return token_of(app.ask(R"({"SH_NEW":{"name":"a","keys":{"k":1}}})"));
  }
  static HttpAnswer post(const TestServer& server, const std::string& body,
                         const std::string& lines = "") {
    SocketClient client(server.port());
    client.send(http_post(body, lines));
    return read_http(client);
  }

  ManualClock clock_;
};

}  // namespace

TEST_F(Guessing, of_tokens_ends_for_a_minute_beyond_the_limit) {
  const TestServer server(clock_, 2, config_of(3));
  const std::string token = make_session(server);
  WebSocketClient client(server.port());
  for (std::uint64_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(has(client.ask(wrong(i)), st(100)));
    EXPECT_TRUE(has(client.ask(wrong(i)), st(100))) << "the same one counts once";
    EXPECT_TRUE(has(client.ask(get(token)), R"({"k":1})"));
  }
  EXPECT_TRUE(has(client.ask(wrong(3)), st(207)));
  EXPECT_EQ(client.read_close(), 1008U);
  for (const std::string& request : {get(token), std::string("nonsense"), wrong(0)}) {
    WebSocketClient later(server.port());
    EXPECT_TRUE(has(later.ask(request), st(207))) << request;
    EXPECT_EQ(later.read_close(), 1008U);
    const HttpAnswer answer = post(server, request);
    EXPECT_EQ(answer.status, 429);
    EXPECT_EQ(answer.headers.at("retry-after"), "60");
  }
  clock_.advance_ms(kMinuteMs - 1);
  EXPECT_EQ(post(server, get(token)).status, 429);
  clock_.advance_ms(1);
  EXPECT_TRUE(has(post(server, get(token)).body, R"({"k":1})"));
}

TEST_F(Guessing, leaves_clients_with_keys_alone) {
  const TestServer server(clock_, 2, config_of(2));
  const std::string token = make_session(server);
  WebSocketClient app(server.port());
  app.ask(R"({"AUTH":{"key":"sesh_shop"}})");
  for (std::uint64_t i = 0; i < 10; ++i) EXPECT_TRUE(has(app.ask(wrong(i)), st(100)));
  EXPECT_TRUE(has(post(server, get(token)).body, R"({"k":1})")) << "its wrong tokens do not count";
  for (std::uint64_t i = 0; i < 3; ++i) (void)post(server, wrong(i));
  EXPECT_EQ(post(server, get(token)).status, 429);
  EXPECT_TRUE(has(app.ask(get(token)), R"({"k":1})"));
  EXPECT_EQ(post(server, get(token), "Authorization: Bearer sesh_shop\r\n").status, 200);
  WebSocketClient client(server.port());
  EXPECT_TRUE(has(client.ask(R"({"AUTH":{"key":"sesh_shop"}})"), R"("role":"app")"));
  EXPECT_TRUE(has(client.ask(get(token)), R"({"k":1})"));
}

TEST_F(Guessing, of_keys_counts_too) {
  const TestServer server(clock_, 2, config_of(2));
  const auto status_of = [&server](const std::string& key) {
    return post(server, get("1"), "Authorization: Bearer " + key + "\r\n").status;
  };
  EXPECT_EQ(status_of("a"), 401);
  EXPECT_EQ(status_of("a"), 401);
  EXPECT_EQ(status_of("b"), 401);
  EXPECT_EQ(status_of("c"), 429);
  EXPECT_EQ(status_of("sesh_shop"), 200);
  WebSocketClient client(server.port());
  EXPECT_TRUE(has(client.ask(R"({"AUTH":{"key":"d"}})"), st(207)));
  EXPECT_EQ(client.read_close(), 1008U);
}

// Whatever is under way on several cores, no more are told that they were wrong.
TEST_F(Guessing, in_a_pipeline_stops_at_the_limit) {
  const TestServer server(clock_, 2, config_of(5));
  WebSocketClient client(server.port());
  std::string frames;
  for (std::uint64_t i = 0; i < 200; ++i) frames += make_frame(wrong(i));
  client.send(frames);
  int told = 0;
  int refused = 0;
  for (std::optional<Frame> frame = client.read_frame(); frame && frame->opcode == 1;
       frame = client.read_frame()) {
    told += has(frame->payload, st(100)) ? 1 : 0;
    refused += has(frame->payload, st(207)) ? 1 : 0;
  }
  EXPECT_EQ(told, 5);
  EXPECT_GE(refused, 1);
}

TEST_F(Guessing, counts_by_the_address_that_a_trusted_proxy_tells) {
  server::Config config = config_of(1);
  config.trusted_proxies = {*network_from("127.0.0.0/8"), *network_from("10.0.0.0/8")};
  const TestServer server(clock_, 1, config);
  std::uint64_t number = 0;
  const auto guess = [&](const std::string& addresses) {
    return post(server, wrong(number++), "X-Forwarded-For: " + addresses + "\r\n").status;
  };
  EXPECT_EQ(guess("192.0.2.1"), 200);
  EXPECT_EQ(guess("192.0.2.2"), 200);
  EXPECT_EQ(guess("192.0.2.2"), 429);
  EXPECT_EQ(guess("192.0.2.2, 10.1.1.1"), 429) << "the last that is no proxy";
  EXPECT_EQ(guess("192.0.2.2, 192.0.2.3"), 200) << "what stands before it is the client's word";
  EXPECT_EQ(guess("192.0.2.1"), 429);
  EXPECT_EQ(guess("198.51.100.1\r\nX-Forwarded-For: 192.0.2.1"), 429) << "several lines are one";
}

TEST_F(Guessing, counts_by_the_socket_s_address_without_a_trusted_proxy) {
  const TestServer server(clock_, 1, config_of(1));
  EXPECT_EQ(post(server, wrong(0), "X-Forwarded-For: 192.0.2.1\r\n").status, 200);
  EXPECT_EQ(post(server, wrong(1), "X-Forwarded-For: 192.0.2.2\r\n").status, 429);
}

TEST_F(Guessing, is_not_counted_with_a_limit_of_0) {
  const TestServer server(clock_, 1, config_of(0));
  for (std::uint64_t i = 0; i < 100; ++i) EXPECT_EQ(post(server, wrong(i)).status, 200);
}

}  // namespace seshdb::testing
