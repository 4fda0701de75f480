// The program with TLS: what it refuses at the start, and certificates that are replaced while it
// runs.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include "auth/keys.h"
#include "support/certificates.h"
#include "support/server_process.h"
#include "support/socket_client.h"
#include "support/temporary_file.h"

namespace seshdb::testing {

namespace {

using Arguments = std::vector<std::string>;

constexpr std::string_view kRequest = R"({"SH_EXISTS":{"tkns":[]}})";
constexpr std::string_view kAnswer = R"({"SH_EXISTS_RSP":{"st":1,"exist":[]}})";

class Tls : public ::testing::Test {
 protected:
  [[nodiscard]] Arguments arguments(const Arguments& more = {}) const {
    Arguments all = {"--tls-cert", files_.settings().certificate_file, "--tls-key",
                     files_.settings().key_file};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  // Whether the server shows this certificate to a new client.
  static bool shows(const ServerProcess& server, const Credentials& credentials) {
    SocketClient client(server.port(), TlsClientSettings{});
    return client.tls().server_certificate() == credentials.certificate;
  }
  // Whether it does so soon.
  static bool will_show(const ServerProcess& server, const Credentials& credentials) {
    constexpr int kTries = 10'000;
    for (int i = 0; i < kTries; ++i) {
      if (shows(server, credentials)) return true;
    }
    return false;
  }

  Authority authority_;
  Credentials first_ = authority_.issue("DNS:localhost,IP:127.0.0.1");
  Credentials second_ = authority_.issue("DNS:localhost,IP:127.0.0.1");
  ServerFiles files_{first_};
};

}  // namespace

TEST_F(Tls, answers_over_websocket_and_http) {
  ServerProcess server(arguments({"--threads", "2"}));
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const TlsClientSettings settings{.version = version, .authority = authority_.certificate()};
    WebSocketClient socket(server.port(), settings);
    EXPECT_EQ(socket.ask(kRequest), kAnswer);
    SocketClient http(server.port(), settings);
    http.send(http_post(kRequest, "Origin: https://127.0.0.1\r\n"));
    EXPECT_EQ(read_http(http).body, kAnswer);
    http.send(http_post(kRequest, "Origin: http://127.0.0.1\r\n"));
    EXPECT_EQ(read_http(http).status, 403) << "the server's own pages are https";
  }
  server.send_signal(SIGTERM);
  EXPECT_EQ(server.wait().status, 0);
}

TEST_F(Tls, a_ticket_of_one_core_is_taken_by_the_others) {
  const ServerProcess server(arguments({"--threads", "2"}));
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    WebSocketClient first(server.port(), {.version = version});
    EXPECT_EQ(first.ask(kRequest), kAnswer);
    // Clients are distributed over the cores in turn.
    for (int i = 0; i < 2; ++i) {
      WebSocketClient again(server.port(), {.version = version, .ticket = first.tls().ticket()});
      EXPECT_TRUE(again.tls().is_resumed()) << version;
      EXPECT_EQ(again.ask(kRequest), kAnswer);
    }
  }
}

TEST_F(Tls, options_that_miss_another_one_are_refused) {
  const std::string certificate = files_.settings().certificate_file;
  for (const auto& [given, missing] : std::vector<std::pair<Arguments, std::string>>{
           {{"--tls-cert", certificate}, "tls-key"},
           {{"--tls-key", certificate}, "tls-cert"},
           {{"--tls-client-ca", certificate}, "tls-cert"},
           {{"--tls-min", "1.3"}, "tls-cert"}}) {
    const Outcome outcome = run_program(given);
    EXPECT_EQ(outcome.status, 2) << outcome.err;
    EXPECT_NE(outcome.err.find(missing), std::string::npos) << outcome.err;
  }
}

TEST_F(Tls, files_that_are_wrong_are_refused_by_name_and_reason) {
  const auto expect_refused = [this](const std::string& name, const std::string& reason) {
    const Outcome outcome = run_program(arguments());
    EXPECT_EQ(outcome.status, 1) << outcome.err;
    EXPECT_NE(outcome.err.find(name), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find(reason), std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.err.find('\n'), outcome.err.size() - 1) << outcome.err;
  };
  replace_file(files_.settings().key_file, second_.key);
  expect_refused("key.pem", "not that of the certificate");
  replace_file(files_.settings().key_file, "");
  expect_refused("key.pem", "empty");
  files_.settings().key_file = "/nowhere.pem";
  expect_refused("/nowhere.pem", "No such file");
}

TEST_F(Tls, certificates_are_read_again_on_a_signal_and_connections_go_on) {
  ServerProcess server(arguments({"--threads", "2"}));
  WebSocketClient before(server.port(), TlsClientSettings{});
  EXPECT_TRUE(shows(server, first_));
  // A broken one first: it is named in the log, and the old one stays.
  replace_file(files_.settings().key_file, second_.key);
  server.send_signal(SIGHUP);
  EXPECT_TRUE(shows(server, first_));
  files_.replace(second_);
  server.send_signal(SIGHUP);
  EXPECT_TRUE(will_show(server, second_));
  EXPECT_EQ(before.ask(kRequest), kAnswer);
  server.send_signal(SIGTERM);
  EXPECT_EQ(server.wait().status, 0);
}

// A key that is shown wins over the certificate, and a resumed session is judged anew.
TEST_F(Tls, a_client_certificate_counts_as_a_key) {
  Authority people;
  const TemporaryFile issuers(people.certificate());
  const std::string lines = "web app cert:dns:web.example.com\n" +
                            auth::key_line("ops", auth::Role::kAdmin, "sesh_ops") + "\n";
  const TemporaryFile keys(lines);
  ServerProcess server(arguments(
      {"--tls-client-ca", issuers.path(), "--auth-file", keys.path(), "--guesses-per-min", "0"}));
  const auto ask = [&server](const TlsClientSettings& settings, const std::string& request,
                             const std::string& key = "") {
    SocketClient client(server.port(), settings);
    client.send(http_post(request, key.empty() ? "" : "Authorization: Bearer " + key + "\r\n"));
    const HttpAnswer answer = read_http(client);
    return std::to_string(answer.status) + ' ' + answer.body.substr(0, 30);
  };
  const std::string count = R"({"SH_INFO_ALL":{}})";
  const TlsClientSettings web{.own = people.issue("DNS:other.example.com,DNS:WEB.example.com")};
  EXPECT_EQ(ask(web, count), R"(200 {"SH_INFO_ALL_RSP":{"totalSess)");
  EXPECT_EQ(ask(web, R"({"SV_INFO":{}})"), R"(200 {"SV_INFO_RSP":{"st":205,"tkn")");
  EXPECT_EQ(ask(web, R"({"SV_INFO":{}})", "sesh_ops"), R"(200 {"SV_INFO_RSP":{"st":1,"versio)");
  EXPECT_EQ(ask(web, count, "sesh_wrong").substr(0, 4), "401 ");
  EXPECT_EQ(ask({}, count).substr(0, 4), "401 ");
  for (const std::string name : {"DNS:*.example.com", "DNS:example.com", "URI:web.example.com"}) {
    EXPECT_EQ(ask({.own = people.issue(name)}, count).substr(0, 4), "401 ") << name;
  }
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClientSettings again = web;
    again.version = version;
    WebSocketClient first(server.port(), again);
    EXPECT_EQ(first.ask(R"({"SH_FIND":{"tag":"a","limit":0}})"),
              R"({"SH_FIND_RSP":{"st":1,"cnt":0,"sessions":[]}})");
    again.ticket = first.tls().ticket();
    std::ofstream(keys.path()) << lines.substr(lines.find('\n') + 1);
    server.send_signal(SIGHUP);
    EXPECT_EQ(first.read_close(), 1008U);
    SocketClient second(server.port(), again);
    second.send(http_post(count));
    EXPECT_EQ(read_http(second).status, 401);
    EXPECT_TRUE(second.tls().is_resumed());
    std::ofstream(keys.path()) << lines;
    server.send_signal(SIGHUP);
    for (int tries = 0; tries < 10'000 && ask(web, count).substr(0, 4) != "200 "; ++tries) {
    }
  }
}

TEST_F(Tls, signals_under_load_disturb_no_connection) {
  ServerProcess server(arguments({"--threads", "2"}));
  WebSocketClient one(server.port(), TlsClientSettings{});
  WebSocketClient two(server.port(), TlsClientSettings{});
  for (int i = 0; i < 100; ++i) {
    files_.replace(i % 2 == 0 ? second_ : first_);
    server.send_signal(SIGHUP);
    one.send_text(kRequest);
    two.send_text(kRequest);
    SocketClient fresh(server.port(), TlsClientSettings{});
    fresh.send(http_post(kRequest));
    ASSERT_EQ(read_http(fresh).body, kAnswer);
    ASSERT_EQ(one.read_text(), kAnswer);
    ASSERT_EQ(two.read_text(), kAnswer);
  }
  server.send_signal(SIGTERM);
  EXPECT_EQ(server.wait().status, 0);
}

TEST_F(Tls, what_is_no_handshake_is_told_in_the_log) {
  ServerProcess server(arguments({"--log-level", "debug"}));
  SocketClient plain(server.port(), SocketClient::Plain());
  plain.send(http_post(kRequest));
  EXPECT_EQ(read_http(plain).status, 400);
  EXPECT_TRUE(plain.read_to_end());
  SocketClient garbage(server.port(), SocketClient::Plain());
  garbage.send("\x16\x03\x01 and something else");
  garbage.finish_sending();
  EXPECT_TRUE(garbage.read_to_end());
  server.send_signal(SIGTERM);
  const Outcome outcome = server.wait();
  EXPECT_NE(outcome.err.find("plain text on a port that speaks TLS"), std::string::npos);
  EXPECT_NE(outcome.err.find("a TLS handshake failed"), std::string::npos);
}

TEST_F(Tls, tls_on_a_plain_port_is_ended_and_told_in_the_log) {
  ServerProcess server({"--log-level", "debug"});
  EXPECT_THROW(SocketClient(server.port(), TlsClientSettings{}), std::runtime_error);
  server.send_signal(SIGTERM);
  EXPECT_NE(server.wait().err.find("TLS on a port without it"), std::string::npos);
}

TEST_F(Tls, half_a_handshake_times_out_and_its_descriptor_is_closed) {
  const ServerProcess server(arguments({"--handshake-timeout-ms", "100", "--threads", "2"}));
  TlsPeer peer;
  (void)peer.handshake();
  const std::string hello = peer.take_output();
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{3}, hello.size() / 2, hello.size()}) {
    SocketClient half(server.port(), SocketClient::Plain());
    half.send(hello.substr(0, bytes));
    EXPECT_TRUE(half.read_to_end()) << bytes;
  }
}

TEST_F(Tls, clients_beyond_the_limit_are_disconnected) {
  const ServerProcess server(arguments({"--connections-max", "1"}));
  WebSocketClient first(server.port(), TlsClientSettings{});
  EXPECT_THROW(SocketClient(server.port(), TlsClientSettings{}), std::runtime_error);
  EXPECT_EQ(first.ask(kRequest), kAnswer);
}

}  // namespace seshdb::testing
