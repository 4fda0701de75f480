// Keys with the real program: keygen, --auth-file and SIGHUP, a public address, and what the log
// never has.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "auth/keys.h"
#include "support/server_process.h"
#include "support/socket_client.h"
#include "support/temporary_directory.h"
#include "support/temporary_file.h"

namespace seshdb::testing {

namespace {

using auth::Role;

constexpr int kTries = 100'000;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string bearer(const std::string& key) { return "Authorization: Bearer " + key + "\r\n"; }

int status_with(std::uint16_t port, const std::string& key) {
  SocketClient client(port);
  client.send(http_post(R"({"SH_INFO_ALL":{}})", bearer(key)));
  return read_http(client).status;
}

// Asks until the key has that status. The server reads its file at some time after the signal.
bool becomes(std::uint16_t port, const std::string& key, int status) {
  for (int i = 0; i < kTries; ++i) {
    if (status_with(port, key) == status) return true;
  }
  return false;
}

void write(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::trunc) << content;
}

}  // namespace

TEST(KeysProgram, keygen_makes_a_key_and_its_line) {
  const Outcome made = run_program({"keygen", "shop.web-1", "app"});
  EXPECT_EQ(made.status, 0) << made.err;
  std::istringstream lines(made.out);
  std::string key;
  std::string line;
  std::getline(lines, key);
  std::getline(lines, line);
  EXPECT_EQ(line, auth::key_line("shop.web-1", Role::kApp, key));
  const TemporaryFile file(line + "\n");
  const ServerProcess server({"--auth-file", file.path()});
  EXPECT_EQ(status_with(server.port(), key), 200);
  EXPECT_EQ(status_with(server.port(), key + "x"), 401);
}

TEST(KeysProgram, keygen_refuses_names_and_roles_that_the_file_cannot_have) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"keygen", "a b", "app"},
        {"keygen", "", "app"},
        {"keygen", "a", "root"},
        {"keygen", "a", "none"},
        {"keygen", "a"},
        {"keygen"}}) {
    const Outcome outcome = run_program(arguments);
    EXPECT_EQ(outcome.status, 2) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_FALSE(outcome.err.empty());
  }
}

TEST(KeysProgram, a_wrong_file_of_keys_ends_the_start_with_its_line) {
  const TemporaryFile file("# keys\nshop app nothing\n");
  const Outcome outcome = run_program({"--port", "0", "--auth-file", file.path()});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_TRUE(contains(outcome.err, file.path() + ":2: ")) << outcome.err;
  EXPECT_EQ(run_program({"--port", "0", "--auth-file", file.path() + ".none"}).status, 2);
  const TemporaryFile empty("");
  EXPECT_EQ(run_program({"--port", "0", "--auth-file", empty.path()}).status, 2);
}

TEST(KeysProgram, a_public_address_needs_keys_or_a_choice) {
  const Outcome outcome = run_program({"--listen", "0.0.0.0", "--port", "0"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.out, "");
  EXPECT_TRUE(contains(outcome.err, "--auth-file")) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "--anonymous")) << outcome.err;
  const Outcome wrong = run_program({"--port", "0", "--anonymous", "root"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_TRUE(contains(wrong.err, "none, token, monitor, app or admin")) << wrong.err;
  const Outcome proxy = run_program({"--port", "0", "--trusted-proxy", "10.0.0.1/8"});
  EXPECT_EQ(proxy.status, 2);
  EXPECT_TRUE(contains(proxy.err, "10.0.0.1/8")) << proxy.err;
}

// Nobody has chosen what clients without a key may do: on a loopback address everything, but not
// for what a proxy or a page under another name sends.
TEST(KeysProgram, without_keys_lets_in_programs_on_this_machine_only) {
  const ServerProcess server;
  const ServerProcess open({"--anonymous", "admin"});
  const auto send = [](const ServerProcess& to, const std::string& text) {
    SocketClient client(to.port());
    client.send(text);
    return read_http(client);
  };
  const std::string count = R"({"SH_INFO_ALL":{}})";
  const auto status_of = [&](const std::string& host, const std::string& lines) {
    return send(server, "POST / HTTP/1.1\r\nHost: " + host + "\r\n" + lines +
                            "Content-Type: application/json\r\nContent-Length: " +
                            std::to_string(count.size()) + "\r\n\r\n" + count)
        .status;
  };
  for (const std::string host : {"127.0.0.1", "localhost:1987", "[::1]:1987", "10.1.2.3"}) {
    EXPECT_EQ(status_of(host, ""), 200) << host;
  }
  for (const std::string host : {"rebound.example", "localhost.example:1987"}) {
    EXPECT_EQ(status_of(host, ""), 401) << host;
  }
  for (const std::string& line :
       {std::string("Forwarded: for=192.0.2.1"), std::string("forwarded:"),
        std::string("X-Forwarded-For: 192.0.2.1"), std::string("x-forwarded-proto: https"),
        std::string("X-FORWARDED-HOST: a"), std::string("Via: 1.1 proxy")}) {
    EXPECT_EQ(status_of("localhost", line + "\r\n"), 401) << line;
  }
  EXPECT_EQ(send(open, http_post(count, "X-Forwarded-For: 192.0.2.1\r\n")).status, 200);
}

// Broken, empty, a folder, not there: whatever becomes of the file, the keys of before stay.
TEST(KeysProgram, sighup_reads_the_file_again_and_a_broken_one_changes_nothing) {
  const TemporaryDirectory folder;
  const std::string path = folder.path() + "/keys";
  const std::string shop = auth::key_line("shop", Role::kApp, "sesh_shop") + "\n";
  write(path, shop);
  ServerProcess server({"--auth-file", path, "--guesses-per-min", "0"});
  write(path, shop + auth::key_line("more", Role::kApp, "sesh_more"));
  server.send_signal(SIGHUP);
  EXPECT_TRUE(becomes(server.port(), "sesh_more", 200));
  const auto read_again = [&](const std::string& content, const std::string& key) {
    write(path, content);
    server.send_signal(SIGHUP);
    write(path + ".good", shop + auth::key_line(key, Role::kApp, key));
    std::filesystem::rename(path + ".good", path);
    server.send_signal(SIGHUP);
    EXPECT_TRUE(becomes(server.port(), key, 200)) << key;
    EXPECT_EQ(status_with(server.port(), "sesh_shop"), 200);
  };
  read_again("", "a");
  read_again("shop app\n", "b");
  read_again(std::string("\0\xFF\n", 3), "c");
  std::filesystem::remove(path);
  server.send_signal(SIGHUP);
  EXPECT_EQ(status_with(server.port(), "c"), 200);
  std::filesystem::create_directory(path);
  server.send_signal(SIGHUP);
  EXPECT_EQ(status_with(server.port(), "c"), 200);
  std::filesystem::remove(path);
  read_again("", "d");
  EXPECT_EQ(status_with(server.port(), "c"), 401);
  server.send_signal(SIGTERM);
  const Outcome outcome = server.wait();
  EXPECT_EQ(outcome.status, 0);
  EXPECT_TRUE(contains(outcome.err, "the keys of before stay")) << outcome.err;
}

TEST(KeysProgram, many_sighups_lose_no_request) {
  const TemporaryFile file(auth::key_line("shop", Role::kApp, "sesh_shop"));
  ServerProcess server({"--auth-file", file.path()});
  WebSocketClient client(server.port());
  client.ask(R"({"AUTH":{"key":"sesh_shop"}})");
  for (int i = 0; i < 300; ++i) {
    server.send_signal(SIGHUP);
    ASSERT_EQ(client.ask(R"({"SH_INFO_ALL":{}})"),
              R"({"SH_INFO_ALL_RSP":{"totalSessions":0,"totalKeys":0}})");
  }
  server.send_signal(SIGTERM);
  EXPECT_EQ(server.wait().status, 0);
}

TEST(KeysProgram, neither_keys_nor_tokens_nor_headers_are_logged) {
  const TemporaryFile file(auth::key_line("shop", Role::kAdmin, "sesh_right"));
  ServerProcess server({"--auth-file", file.path(), "--log-level", "debug"});
  std::string token;
  std::string metrics;
  {
    WebSocketClient client(server.port());
    client.ask(R"({"AUTH":{"key":"sesh_secret1"}})");
    client.ask(R"({"AUTH":{"key":"sesh_right"}})");
    token = token_of(client.ask(R"({"SH_NEW":{"name":"a"}})"));
    client.ask(R"({"KV_GET":{"tkn":"998877665544332211","keys":["k"]}})");
    client.ask(R"({"AUTH":{"key":"sesh_secret2"}})");
    client.ask(R"({"AUTH":{"key":"sesh_secret3"}})");
    EXPECT_EQ(client.read_close(), 1008U);
  }
  SocketClient http(server.port());
  http.send("GET /metrics?key=sesh_secret4 HTTP/1.1\r\nHost: a\r\n" + bearer("sesh_right") +
            "\r\n");
  metrics = read_http(http).body;
  http.send("GET /?sesh_secret5 HTTP/1.1\r\nHost: a\r\nCookie: sesh_secret6\r\n" +
            bearer("sesh_secret7") + "\r\n");
  EXPECT_EQ(read_http(http).status, 401);
  server.send_signal(SIGTERM);
  const Outcome outcome = server.wait();
  for (const std::string& secret :
       {std::string("sesh_"), std::string("998877665544332211"), token}) {
    EXPECT_FALSE(contains(outcome.err, secret)) << outcome.err;
    EXPECT_FALSE(contains(metrics, secret));
  }
}

}  // namespace seshdb::testing
