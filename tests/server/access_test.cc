// Who may do what, over real sockets: roles, keys, and what a client without a key may do.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "auth/keys.h"
#include "commands/table.h"
#include "support/socket_target.h"

namespace seshdb::testing {

namespace {

using auth::Role;

constexpr std::array kRoles{Role::kToken, Role::kMonitor, Role::kApp, Role::kAdmin};

std::string key_of(Role role) { return "sesh_" + std::string(auth::role_name(role)); }

server::Config config_with_keys(Role anonymous) {
  server::Config config;
  std::string lines;
  for (const Role role : kRoles) {
    lines += auth::key_line(auth::role_name(role), role, key_of(role)) + "\n";
  }
  config.auth_file = "keys";
  config.keys = *auth::Keys::parse(lines);
  config.anonymous = anonymous;
  config.guesses_per_min = 0;
  return config;
}

// As the contract has it, for a call with a `tkn` and nothing else.
bool may(Role role, const std::string& name) {
  const auto is_one_of = [&name](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  switch (role) {
    case Role::kNone:
      return false;
    case Role::kToken:
      return name.rfind("KV_", 0) == 0 || is_one_of({"SH_INFO", "SH_END", "SH_ROTATE", "SH_TOUCH"});
    case Role::kMonitor:
      return is_one_of({"SV_INFO", "SH_INFO_ALL"});
    case Role::kApp:
      return name.rfind("SV_", 0) != 0 &&
             !is_one_of({"SH_END_ALL", "SH_SAVE", "SH_LOAD", "SH_FIND"});
    case Role::kAdmin:
      return true;
  }
  return false;
}

const std::string kCounted = "totalSessions";  // in the answer to SH_INFO_ALL

std::string st(int number) { return "\"st\":" + std::to_string(number) + ","; }

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

class Access : public ::testing::Test {
 protected:
  HttpAnswer send(const TestServer& server, const std::string& text) {
    SocketClient client(server.port());
    client.send(text);
    return read_http(client);
  }
  static std::string bearer(const std::string& key) {
    return "Authorization: Bearer " + key + "\r\n";
  }
  static std::string get(const std::string& path, const std::string& lines) {
    return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + lines + "\r\n";
  }
  static std::string auth(Role role) { return R"({"AUTH":{"key":")" + key_of(role) + R"("}})"; }

  SystemClock clock_;
};

}  // namespace

// A faulty `tkn` of a session that there is not: what is forbidden does not look at it.
TEST_F(Access, of_every_role_to_every_command_is_that_of_the_contract) {
  const TestServer server(clock_, 2, config_with_keys(Role::kNone));
  for (const Role role : kRoles) {
    WebSocketClient client(server.port());
    const std::string name(auth::role_name(role));
    EXPECT_EQ(client.ask(auth(role)),
              R"({"AUTH_RSP":{"st":1,"name":")" + name + R"(","role":")" + name + "\"}}");
    for (const commands::Command& command : commands::all_commands()) {
      if (command.name == "AUTH") continue;
      const std::string called(command.name);
      const std::string request = "{\"" + called + R"(":{"tkn":"","rid":7}})";
      const std::string refusal =
          "{\"" + called + R"(_RSP":{"rid":7,"st":205,"tkn":null,"m":")" + called + "\"}}";
      const std::string answer = client.ask(request);
      EXPECT_EQ(answer != refusal, may(role, called)) << name << ' ' << answer;
      EXPECT_EQ(has(answer, st(205)), !may(role, called)) << answer;
      const HttpAnswer posted = send(server, http_post(request, bearer(key_of(role))));
      EXPECT_EQ(posted.status, 200);
      EXPECT_EQ(posted.body != refusal, may(role, called)) << posted.body;
      const std::string no_object = client.ask("{\"" + called + "\":[]}");
      EXPECT_EQ(has(no_object, st(205)), !may(role, called)) << no_object;
    }
  }
}

TEST_F(Access, without_a_role_is_to_nothing) {
  const TestServer server(clock_, 2, config_with_keys(Role::kNone));
  WebSocketClient client(server.port());
  for (const commands::Command& command : commands::all_commands()) {
    if (command.name == "AUTH") continue;
    const std::string request = "{\"" + std::string(command.name) + R"(":{"rid":"a"}})";
    const std::string answer = client.ask(request);
    EXPECT_TRUE(has(answer, R"({"rid":"a","st":203,"tkn":null,)")) << answer;
    const HttpAnswer posted = send(server, http_post(request));
    EXPECT_EQ(posted.status, 401) << posted.body;
    EXPECT_EQ(posted.headers.at("www-authenticate"), "Bearer");
  }
  for (const std::string text :
       {"", "{}", "nonsense", R"({"NONE":{}})", R"({"KV_GET":1})", "[1]"}) {
    EXPECT_TRUE(has(client.ask(text), st(203))) << text;
  }
  client.send(make_frame("bytes", {.opcode = 2}));
  EXPECT_TRUE(has(client.read_text(), st(203)));
  for (const std::string& request :
       {get("/metrics", ""), get("/none", ""), get("/", ""),
        std::string("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")}) {
    EXPECT_EQ(send(server, request).status, 401) << request;
  }
  EXPECT_EQ(send(server, get("/healthz", "")).status, 200);
  EXPECT_EQ(send(server, get("/healthz", bearer("wrong"))).status, 200);
}

TEST_F(Access, of_a_token_s_client_is_neither_by_name_nor_to_clocks) {
  const TestServer server(clock_, 2, config_with_keys(Role::kToken));
  WebSocketClient app(server.port());
  app.ask(auth(Role::kApp));
  const std::string made = app.ask(R"({"SH_NEW":{"name":"a","shared":true,"keys":{"k":1},"expiry":)"
                                   R"({"duration":60,"deleteSession":true,"sliding":true}}})");
  const std::string tkn = R"("tkn":")" + token_of(made) + '"';
  WebSocketClient client(server.port());
  EXPECT_TRUE(has(client.ask(R"({"KV_GET":{)" + tkn + R"(,"keys":["k"]}})"), R"({"k":1})"));
  EXPECT_TRUE(has(client.ask(R"({"SH_TOUCH":{)" + tkn + "}}"), st(1)));
  const std::string clock = R"("expiry":{"duration":9,"deleteSession":true})";
  for (const std::string& request : {std::string(R"({"KV_GET":{"name":"a","keys":["k"]}})"),
                                     R"({"SH_TOUCH":{)" + tkn + "," + clock + "}}",
                                     R"({"KV_SET":{)" + tkn + R"(,"keys":{"k":2},)" + clock + "}}",
                                     R"({"KV_PATCH":{)" + tkn + R"(,"ops":[],"expiry":null}})"}) {
    const std::string answer = client.ask(request);
    if (has(request, "KV_SET") && has(answer, st(13))) continue;
    EXPECT_TRUE(has(answer, st(205))) << request << answer;
  }
  EXPECT_TRUE(has(app.ask(R"({"KV_GET":{"name":"a","keys":["k"]}})"), R"({"k":1})"));
}

TEST_F(Access, of_an_app_to_a_search_needs_a_tag) {
  const TestServer server(clock_, 2, config_with_keys(Role::kApp));
  WebSocketClient client(server.port());
  EXPECT_TRUE(has(client.ask(R"({"SH_FIND":{}})"), st(205)));
  EXPECT_TRUE(has(client.ask(R"({"SH_FIND":{"limit":-1}})"), st(205)));
  EXPECT_TRUE(has(client.ask(R"({"SH_FIND":{"tag":"u"}})"), st(1)));
  client.ask(auth(Role::kAdmin));
  EXPECT_TRUE(has(client.ask(R"({"SH_FIND":{}})"), st(1)));
}

TEST_F(Access, of_a_websocket_is_that_of_its_last_right_key_also_in_a_pipeline) {
  const TestServer server(clock_, 2, config_with_keys(Role::kNone));
  WebSocketClient client(server.port());
  const auto frame = [](const std::string& text) { return make_frame(text); };
  const std::string count = R"({"SH_INFO_ALL":{}})";
  client.send(frame(count) + frame(auth(Role::kMonitor)) + frame(count) +
              frame(R"({"AUTH":{"key":"wrong"}})") + frame(count) + frame(auth(Role::kToken)) +
              frame(count) + frame(auth(Role::kApp)) + frame(std::string(5'000, ' ') + count));
  for (const std::string& expected :
       {st(203), std::string("\"monitor\""), kCounted, st(204), kCounted, std::string("\"token\""),
        st(205), std::string("\"app\""), kCounted}) {
    const std::string answer = client.read_text();
    EXPECT_TRUE(has(answer, expected)) << answer;
  }
}

TEST_F(Access, ends_with_the_third_wrong_key_after_its_answer) {
  const TestServer server(clock_, 2, config_with_keys(Role::kAdmin));
  WebSocketClient client(server.port());
  const std::string wrong = make_frame(R"({"AUTH":{"key":"wrong"}})");
  client.send(wrong + wrong + make_frame(auth(Role::kApp)) + wrong + wrong);
  for (const int expected : {204, 204, 1, 204}) {
    EXPECT_TRUE(has(client.read_text(), "\"st\":" + std::to_string(expected)));
  }
  EXPECT_EQ(client.read_close(), 1008U);
}

TEST_F(Access, without_a_role_takes_little_and_not_long) {
  ManualClock clock;
  server::Config config = config_with_keys(Role::kNone);
  config.handshake_timeout_ms = 100;
  const TestServer server(clock, 1, config);
  WebSocketClient big(server.port());
  big.send_text(std::string(4'096, ' '));
  EXPECT_TRUE(has(big.read_text(), st(203)));
  big.send_text(std::string(4'097, ' '));
  EXPECT_EQ(big.read_close(), 1009U);
  WebSocketClient slow(server.port());
  WebSocketClient known(server.port());
  EXPECT_TRUE(has(known.ask(auth(Role::kApp)), "\"st\":1"));
  EXPECT_TRUE(has(slow.ask("{}"), st(203)));
  clock.advance_ms(200);
  EXPECT_EQ(slow.read_close(), 1008U);
  EXPECT_TRUE(has(known.ask(R"({"SH_INFO_ALL":{}})"), kCounted));
}

TEST_F(Access, over_http_is_that_of_each_request) {
  const TestServer server(clock_, 2, config_with_keys(Role::kToken));
  const std::string count = R"({"SH_INFO_ALL":{}})";
  SocketClient client(server.port());
  const auto status_of = [&client](const std::string& lines, const std::string& body) {
    client.send(http_post(body, lines));
    const HttpAnswer answer = read_http(client);
    return answer.status == 200 ? answer.body : std::to_string(answer.status);
  };
  EXPECT_TRUE(has(status_of("", count), st(205)));
  EXPECT_TRUE(has(status_of("AUTHORIZATION: bEARER  sesh_app \r\n", count), kCounted));
  EXPECT_TRUE(has(status_of("", count), st(205)));
  EXPECT_EQ(status_of(bearer("sesh_ap"), count), "401");
  EXPECT_EQ(status_of("Authorization: Basic c2VzaF9hcHA=\r\n", count), "401");
  EXPECT_EQ(status_of("Authorization: sesh_app\r\n", count), "401");
  EXPECT_EQ(status_of("Authorization: Bearer\r\n", count), "401");
  EXPECT_EQ(status_of("Authorization:\r\n", count), "401");
  EXPECT_TRUE(has(status_of("", auth(Role::kApp)), R"("role":"app")"));
  EXPECT_TRUE(has(status_of("", R"({"AUTH":{"key":"x"}})"), st(204)));
  EXPECT_TRUE(has(status_of("", count), st(205))) << "AUTH by POST changes nothing";
  EXPECT_EQ(status_of(bearer("sesh_app") + bearer("sesh_app"), count), "400");
}

TEST_F(Access, to_metrics_is_for_monitors) {
  const TestServer server(clock_, 2, config_with_keys(Role::kApp));
  for (const Role role : kRoles) {
    const bool allowed = role == Role::kMonitor || role == Role::kAdmin;
    EXPECT_EQ(send(server, get("/metrics", bearer(key_of(role)))).status, allowed ? 200 : 403);
  }
  EXPECT_EQ(send(server, get("/metrics", "")).status, 401);
}

TEST_F(Access, of_an_upgrade_is_that_of_its_key) {
  const TestServer server(clock_, 2, config_with_keys(Role::kNone));
  EXPECT_EQ(send(server, std::string(kUpgrade) + bearer("wrong") + "\r\n").status, 401);
  SocketClient client(server.port());
  client.send(std::string(kUpgrade) + bearer(key_of(Role::kMonitor)) + "\r\n" +
              make_frame(R"({"SH_INFO_ALL":{}})"));
  EXPECT_TRUE(has(client.read_until("}}"), kCounted));
}

TEST_F(Access, ends_for_connections_of_keys_that_went_or_changed_their_role) {
  TestServer server(clock_, 2, config_with_keys(Role::kMonitor));
  std::vector<WebSocketClient> clients;
  for (int i = 0; i < 8; ++i) {  // on both cores
    clients.emplace_back(server.port());
    const Role role = kRoles.at(static_cast<std::size_t>(i / 2));
    EXPECT_TRUE(has(clients.back().ask(auth(role)), "\"st\":1"));
  }
  WebSocketClient anonymous(server.port());
  std::string lines = auth::key_line("admin", Role::kAdmin, key_of(Role::kAdmin)) + "\n";
  lines += auth::key_line("new", Role::kApp, "sesh_new") + "\n";
  lines += auth::key_line("token", Role::kToken, key_of(Role::kToken)) + "\n";
  lines += auth::key_line("monitor", Role::kApp, key_of(Role::kMonitor)) + "\n";
  server.replace_keys(*auth::Keys::parse(lines));
  for (int i = 0; i < 8; ++i) {
    WebSocketClient& client = clients[static_cast<std::size_t>(i)];
    const Role role = kRoles.at(static_cast<std::size_t>(i / 2));
    if (role == Role::kAdmin || role == Role::kToken) {
      EXPECT_EQ(has(client.ask(R"({"SV_INFO":{}})"), st(205)), role == Role::kToken);
    } else {
      EXPECT_EQ(client.read_close(), 1008U);
    }
  }
  EXPECT_TRUE(has(anonymous.ask(R"({"SH_INFO_ALL":{}})"), kCounted));
  EXPECT_TRUE(has(anonymous.ask(R"({"AUTH":{"key":"sesh_new"}})"), R"("name":"new")"));
  EXPECT_TRUE(has(anonymous.ask(auth(Role::kApp)), st(204)));
}

}  // namespace seshdb::testing
