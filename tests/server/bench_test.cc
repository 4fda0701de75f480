// The load generator against the real server, started as by its users.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "support/certificates.h"
#include "support/json_tree.h"
#include "support/server_process.h"
#include "support/socket_client.h"

namespace seshdb::testing {

namespace {

using Arguments = std::vector<std::string>;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Short, and on few connections.
Outcome bench(std::uint16_t port, const Arguments& more, const std::string& sessions = "1000") {
  Arguments arguments = {"--port", std::to_string(port), "--warm-up", "0",          "--duration",
                         "0.2",    "--connections",      "4",         "--sessions", sessions,
                         "--json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_bench(arguments);
}

double number(const Json& json, std::string_view name) {
  const Json* const found = json.find(name);
  return found == nullptr ? -1 : std::stod(found->text);
}

// Checks the exit status, and that there are operations and no errors. Returns the result.
Json check(const Outcome& outcome) {
  EXPECT_EQ(outcome.status, 0) << outcome.err << outcome.out;
  EXPECT_TRUE(outcome.err.empty()) << outcome.err;
  const auto result = parse_json(outcome.out);
  if (!result || !result->is_object() || result->find("by_work") == nullptr) {
    ADD_FAILURE() << outcome.out;
    return {};
  }
  EXPECT_GT(number(*result, "operations"), 0) << outcome.out;
  EXPECT_EQ(number(*result, "errors"), 0) << outcome.out;
  EXPECT_EQ(number(*result, "unanswered"), 0) << outcome.out;
  return *result;
}

void expect_counted(const Json& result, std::string_view work) {
  const Json* const row = result.find("by_work")->find(work);
  ASSERT_NE(row, nullptr) << to_text(result);
  EXPECT_GT(number(*row, "operations"), 0) << to_text(result);
  EXPECT_EQ(number(*row, "errors"), 0) << to_text(result);
}

const Arguments kWorks = {"get",   "set",  "update", "read", "patch", "increment",
                          "merge", "find", "append", "new",  "end",   "expiring"};

}  // namespace

TEST(Bench, runs_every_kind_of_work) {
  const ServerProcess server;
  for (const char* const protocol : {"ws", "http"}) {
    for (const std::string& work : kWorks) {
      const Json result = check(bench(server.port(), {"--protocol", protocol, "--work", work}));
      expect_counted(result, work);
    }
  }
}

TEST(Bench, runs_a_mix_of_all_kinds_in_closed_and_open_loop) {
  const ServerProcess server({"--threads", "2"});
  const std::string mix =
      "get=5,set=1,update=1,read=1,patch=1,increment=1,merge=1,find=1,append=1,new=1,end=1,"
      "expiring=1";
  for (const Arguments& loop : std::vector<Arguments>{{"--in-flight", "64"}, {"--rate", "5000"}}) {
    Arguments arguments = {"--mix", mix, "--keys-per-session", "2", "--distribution", "zipf"};
    arguments.insert(arguments.end(), loop.begin(), loop.end());
    const Json result = check(bench(server.port(), arguments));
    for (const std::string& work : kWorks) expect_counted(result, work);
    expect_counted(result, "upkeep");
    double sum = 0;
    for (const auto& [name, row] : result.find("by_work")->members)
      sum += number(row, "operations");
    EXPECT_EQ(sum, number(result, "operations"));
  }
}

TEST(Bench, speaks_tls_with_every_protocol_of_the_server) {
  const Authority authority;
  const ServerFiles files(authority.issue("DNS:localhost,IP:127.0.0.1"), authority.certificate());
  const ServerProcess server({"--tls-cert", files.settings().certificate_file, "--tls-key",
                              files.settings().key_file, "--threads", "2"});
  for (const char* const protocol : {"ws", "http"}) {
    expect_counted(
        check(bench(server.port(), {"--protocol", protocol, "--tls", "--document-bytes", "100000",
                                    "--tls-ca", files.settings().client_ca_file})),
        "get");
  }
  const Authority other;
  const ServerFiles others(other.issue(""), other.certificate());
  const Outcome refused =
      bench(server.port(), {"--tls", "--tls-ca", others.settings().client_ca_file});
  EXPECT_EQ(refused.status, 1);
  EXPECT_TRUE(contains(refused.err, "certificate verify failed")) << refused.err;
  for (const char* const kind : {"full", "resumed"}) {
    const Outcome outcome = bench(server.port(), {"--tls", "--handshakes", kind});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    const auto result = parse_json(outcome.out);
    ASSERT_TRUE(result) << outcome.out;
    EXPECT_GT(number(*result, "operations"), 0) << outcome.out;
  }
}

TEST(Bench, sends_exactly_at_the_given_rate) {
  const ServerProcess server;
  const Json result = check(bench(server.port(), {"--rate", "1000"}));
  EXPECT_EQ(number(result, "operations"), 200);
}

TEST(Bench, knows_every_shape_of_document) {
  const ServerProcess server;
  for (const char* const shape : {"session", "object", "array", "nested"}) {
    for (const char* const bytes : {"150", "20000"}) {
      const Json result = check(bench(server.port(),
                                      {"--document-shape", shape, "--document-bytes", bytes,
                                       "--mix", "get=1,set=1,update=2,read=1,patch=1,find=1"},
                                      "50"));
      for (const char* const work : {"get", "set", "update", "read", "patch", "find"}) {
        expect_counted(result, work);
      }
    }
  }
}

TEST(Bench, reports_the_duration_of_the_setup) {
  const ServerProcess server;
  for (const Arguments& more :
       std::vector<Arguments>{{}, {"--empty-sessions"}, {"--expire-at-once", "10000"}}) {
    Arguments arguments = {"--setup-only", "--server-pid", std::to_string(server.pid())};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = bench(server.port(), arguments);
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const auto result = parse_json(outcome.out);
    ASSERT_TRUE(result) << outcome.out;
    EXPECT_EQ(number(*result, "operations"), 0);
    EXPECT_GT(number(*result, "setup_seconds"), 0);
    EXPECT_GT(number(*result, "server_resident_kib_before"), 0);
    EXPECT_GT(number(*result, "setup_server_resident_kib"), 0);
    EXPECT_EQ(to_text(*result->find("by_work")), "{}");
  }
  WebSocketClient client(server.port());
  EXPECT_EQ(client.ask(R"({"SH_INFO_ALL":{}})"),
            R"({"SH_INFO_ALL_RSP":{"totalSessions":3000,"totalKeys":2000}})");
}

TEST(Bench, gives_the_sessions_a_tag) {
  const ServerProcess server;
  const Outcome outcome = bench(server.port(), {"--setup-only", "--tag", "user:42"}, "50");
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  WebSocketClient client(server.port());
  EXPECT_EQ(client.ask(R"({"SH_END_TAG":{"tag":"user:42"}})"),
            R"({"SH_END_TAG_RSP":{"st":1,"cnt":50}})");
}

TEST(Bench, lets_all_sessions_expire_except_those_in_use) {
  const ServerProcess server;
  // The run lasts longer than the sessions: durations are whole seconds.
  check(run_bench({"--port", std::to_string(server.port()), "--sessions", "1000", "--warm-up", "0",
                   "--expire-at-once", "1", "--immortal-sessions", "10", "--rate", "1000",
                   "--duration", "2.1", "--json"}));
  WebSocketClient client(server.port());
  EXPECT_EQ(client.ask(R"({"SH_INFO_ALL":{}})"),
            R"({"SH_INFO_ALL_RSP":{"totalSessions":10,"totalKeys":10}})");
}

TEST(Bench, prints_its_results_for_people) {
  const ServerProcess server;
  const Outcome outcome = run_bench({"--port", std::to_string(server.port()), "--sessions", "100",
                                     "--warm-up", "0", "--duration", "0.2", "--mix", "get=1,set=1",
                                     "--server-pid", std::to_string(server.pid())});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_TRUE(outcome.err.empty()) << outcome.err;  // no progress without a terminal
  for (const char* const part : {"bytes per session", "operations/s", "p99.9 us", "\nget ",
                                 "\nset ", "\nall ", "us of CPU per operation", "of a processor"}) {
    EXPECT_TRUE(contains(outcome.out, part)) << part << " in\n" << outcome.out;
  }
}

TEST(Bench, measures_an_echo) {
  const ServerProcess server({"--echo", "true"});
  expect_counted(check(bench(server.port(), {"--echo", "--work", "append"})), "append");
}

TEST(Bench, prints_what_the_server_refused) {
  const ServerProcess server({"--message-bytes-max", "1000"});
  const Outcome outcome = bench(server.port(), {"--document-bytes", "5000"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_TRUE(contains(outcome.err, "seshdb-bench: ")) << outcome.err;
}

namespace {

// Answers GETs, and closes a connection after every third, even with more requests sent.
class ForgetfulWebServer {
 public:
  ForgetfulWebServer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t bytes = sizeof(address);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(listener_, any, bytes), 0);
    EXPECT_EQ(listen(listener_, 64), 0);
    EXPECT_EQ(getsockname(listener_, any, &bytes), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~ForgetfulWebServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  void serve() const {
    for (int fd = accept(listener_, nullptr, nullptr); fd >= 0;
         fd = accept(listener_, nullptr, nullptr)) {
      std::string received;
      int answered = 0;
      std::string block(1'000, '\0');
      for (ssize_t got = 1; got > 0 && answered < 3;) {
        got = recv(fd, block.data(), block.size(), 0);
        if (got > 0) received.append(block, 0, static_cast<std::size_t>(got));
        for (std::size_t end = 0; answered < 3;) {
          end = received.find("\r\n\r\n");
          if (end == std::string::npos) break;
          received.erase(0, end + 4);
          const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
          got = ::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL);
          ++answered;
        }
      }
      close(fd);
    }
  }

  int listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace

TEST(Bench, asks_web_servers_for_a_path) {
  const ServerProcess server;
  const Arguments arguments = {"--protocol", "http-static", "--path", "/healthz"};
  expect_counted(check(bench(server.port(), arguments)), "get");
  const Outcome missing = bench(server.port(), {"--protocol", "http-static", "--path", "/nowhere"});
  EXPECT_EQ(missing.status, 1);
  EXPECT_TRUE(contains(missing.err, "HTTP/1.1 404")) << missing.err;
}

TEST(Bench, reconnects_to_a_web_server_that_closes_after_some_requests) {
  const ForgetfulWebServer server;
  const Json result = check(run_bench(
      {"--port", std::to_string(server.port()), "--protocol", "http-static", "--connections", "1",
       "--in-flight", "1", "--warm-up", "0", "--rate", "200", "--duration", "0.2", "--json"}));
  EXPECT_EQ(number(result, "operations"), 40);
}

TEST(Bench, names_every_option_that_is_given_a_wrong_value) {
  for (const auto& [option, value, allowed] :
       std::vector<std::tuple<std::string, std::string, std::string>>{
           {"--port", "0", "1 to 65535"},
           {"--protocol", "udp", "ws, http, redis, valkey-json or http-static"},
           {"--path", "index.html", "/index.json"},
           {"--work", "fetch",
            "one of get, set, update, read, patch, increment, merge, find, append, new, end and"},
           {"--mix", "get=1,fetch=1", "get=80,set=20"},
           {"--connections", "0", "1 to 50000"},
           {"--in-flight", "many", "1 to 10000"},
           {"--sessions", "-1", "1 to 100000000"},
           {"--keys-per-session", "1001", "1 to 1000"},
           {"--distribution", "normal", "uniform or zipf"},
           {"--zipf-exponent", "0", "0.01 to 10"},
           {"--document-shape", "round", "session, object, array or nested"},
           {"--document-bytes", "149", "150 to 67000000"},
           {"--expire-at-once", "0.5", "1 to 3155760000"},
           {"--immortal-sessions", "0", "1 to"},
           {"--expiry-seconds", "0", "1 to 3155760000"},
           {"--rate", "nan", "0.001 to"},
           {"--warm-up", "-1", "0 to"},
           {"--duration", "0", "0.001 to"},
           {"--seed", "x", "0 to"},
           {"--server-pid", "self", "1 to"}}) {
    const Outcome outcome = run_bench({option, value});
    EXPECT_EQ(outcome.status, 2) << option;
    EXPECT_TRUE(outcome.out.empty()) << outcome.out;
    EXPECT_TRUE(contains(outcome.err, option + ": '" + value + "' is not allowed")) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, allowed)) << outcome.err;
  }
  const Outcome unknown = run_bench({"--prot", "ws"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_TRUE(contains(unknown.err, "--prot")) << unknown.err;
}

TEST(Bench, refuses_options_that_do_not_go_together) {
  for (const auto& [arguments, message] : std::vector<std::tuple<Arguments, std::string>>{
           {{"--protocol", "redis", "--work", "append"},
            "--work: 'append' is not allowed with --protocol redis; it takes get and set"},
           {{"--protocol", "valkey-json", "--mix", "get=1,end=1"},
            "--mix: 'get=1,end=1' is not allowed with --protocol valkey-json; it takes get, set, "
            "update, read, patch, increment, merge and find"},
           {{"--work", "merge", "--document-shape", "array"},
            "--work: 'merge' is not allowed with documents of this shape; merge takes objects"},
           {{"--mix", "increment=1", "--document-shape", "object"},
            "--mix: 'increment=1' is not allowed with documents of this shape"},
           {{"--protocol", "http-static", "--work", "set"}, "it takes get"},
           {{"--work", "get", "--mix", "get=1"}, "--mix: 'get=1'"},
           {{"--path", "/x"}, "--path: '/x' is not allowed without --protocol http-static"},
           {{"--tls-ca", "x"}, "--tls-ca: 'x' is not allowed without --tls"},
           {{"--handshakes", "full"}, "--handshakes: 'full' is not allowed without --tls"},
           {{"--zipf-exponent", "1"}, "--zipf-exponent: '1' is not allowed without"},
           {{"--expiry-seconds", "5"}, "--expiry-seconds: '5' is not allowed without"},
           {{"--immortal-sessions", "5"}, "--immortal-sessions: '5' is not allowed without"},
           {{"--expire-at-once", "5"}, "--expire-at-once: '5' is not allowed alone"},
           {{"--expire-at-once", "5", "--sessions", "9", "--immortal-sessions", "10"}, "1 to 9"},
           {{"--work", "end", "--sessions", "1599"}, "at least 1600"},
           {{"--empty-sessions"}, "it takes new, end and expiring"},
           {{"--protocol", "redis", "--empty-sessions"}, "--empty-sessions is not allowed here"},
           {{"--protocol", "redis", "--tag", "a"}, "--tag: 'a' is not allowed here"},
           {{"--tag", "a b"}, "1 to 128 printable ASCII characters"},
           {{"--echo", "--work", "new"}, "it takes get, set, update and append"},
           {{"--echo", "--protocol", "redis"}, "--echo is not allowed here"},
           {{"--echo", "--setup-only"}, "--setup-only is not allowed here"}}) {
    const Outcome outcome = run_bench(arguments);
    EXPECT_EQ(outcome.status, 2) << message;
    EXPECT_TRUE(contains(outcome.err, message)) << outcome.err;
  }
  EXPECT_EQ(run_bench({"--help"}).status, 0);
}

}  // namespace seshdb::testing
