// File descriptors that are few, run out, or are closed at start: clients get an answer, and the
// server's own files keep theirs.
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "support/server_process.h"
#include "support/socket_client.h"
#include "support/temporary_directory.h"

namespace seshdb::testing {

namespace {

constexpr std::string_view kRequest = R"({"SH_EXISTS":{"tkns":[]}})";
constexpr std::string_view kAnswer = R"({"SH_EXISTS_RSP":{"st":1,"exist":[]}})";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

bool few_descriptors() { return set_limit(RLIMIT_NOFILE, 64); }

// The bound in SV_INFO.
std::size_t connections_bound(WebSocketClient& client) {
  const std::string info = client.ask(R"({"SV_INFO":{}})");
  const std::string before = R"("connections":)";
  const std::size_t at = info.find(before, info.find(R"("limits":)"));
  EXPECT_NE(at, std::string::npos) << info;
  return at == std::string::npos ? 0 : std::stoul(info.substr(at + before.size()));
}

}  // namespace

TEST(Descriptors, that_are_few_leave_room_for_fewer_clients_and_the_rest_get_an_answer) {
  ServerProcess server({"--threads", "2"}, few_descriptors);
  WebSocketClient first(server.port());
  const std::size_t room = connections_bound(first);
  ASSERT_GT(room, 8U);
  ASSERT_LT(room, 64U);
  std::vector<std::unique_ptr<WebSocketClient>> clients;
  while (clients.size() + 1 < room) {
    clients.push_back(std::make_unique<WebSocketClient>(server.port()));
  }
  std::vector<std::unique_ptr<SocketClient>> refused;
  while (clients.size() + refused.size() < 70) {
    refused.push_back(std::make_unique<SocketClient>(server.port()));
    refused.back()->send(http_post(kRequest));
  }
  for (auto& client : refused) {
    EXPECT_EQ(read_http(*client).status, 503);
    EXPECT_TRUE(client->read_to_end());
  }
  for (auto& client : clients) EXPECT_EQ(client->ask(kRequest), kAnswer);
  // A client that leaves makes room for another.
  clients.pop_back();
  for (int i = 0; i < 1'000; ++i) {
    SocketClient next(server.port());
    next.send("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const HttpAnswer answer = read_http(next);
    if (answer.status == 200) break;
    ASSERT_EQ(answer.status, 503);
    ASSERT_LT(i, 999);
  }
  server.send_signal(SIGTERM);
  EXPECT_EQ(first.read_close(), 1001U);
  for (auto& client : clients) EXPECT_EQ(client->read_close(), 1001U);
  const Outcome outcome = server.wait();
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "connections_room=" + std::to_string(room))) << outcome.err;
  EXPECT_FALSE(contains(outcome.err, "Too many open files")) << outcome.err;
}

TEST(Descriptors, of_the_servers_own_files_are_reserved) {
  const TemporaryDirectory folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
  ServerProcess server({"--threads", "2", "--data", folder.path() + "/data", "--checkpoint-bytes",
                        "1024", "--checkpoint-ratio", "0.1"},
                       few_descriptors);
  WebSocketClient client(server.port());
  const std::size_t room = connections_bound(client);
  std::vector<std::unique_ptr<WebSocketClient>> others;
  while (others.size() + 1 < room) {
    others.push_back(std::make_unique<WebSocketClient>(server.port()));
  }
  // Meanwhile each core's log begins and ends segments and checkpoints.
  std::vector<std::string> tokens;
  for (int i = 0; i < 32; ++i) {
    tokens.push_back(token_of(client.ask(R"({"SH_NEW":{"name":"a"}})")));
  }
  for (int round = 0; round < 20; ++round) {
    for (const std::string& token : tokens) {
      ASSERT_TRUE(contains(client.ask(R"({"KV_SET":{"tkn":")" + token + R"(","keys":{"k":")" +
                                      std::string(1'000, 'x') + R"("}}})"),
                           "KV_SET_RSP"));
    }
    const std::string saved = client.ask(R"({"SH_SAVE":{"name":"all"}})");
    ASSERT_TRUE(contains(saved, R"("st":121)")) << saved;
    const std::string loaded = client.ask(R"({"SH_LOAD":{"name":"all"}})");
    ASSERT_TRUE(contains(loaded, R"("st":141)")) << loaded;
    SocketClient refused(server.port());
    EXPECT_EQ(read_http(refused).status, 503);
  }
  EXPECT_LE(server.descriptors(), 64U);
  server.send_signal(SIGTERM);
  EXPECT_EQ(client.read_close(), 1001U);
  const Outcome outcome = server.wait();
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_FALSE(contains(outcome.err, "Too many open files")) << outcome.err;
  EXPECT_EQ(run_program({"check", folder.path() + "/data"}).status, 0);
}

TEST(Descriptors, that_leave_no_room_for_a_client_refuse_the_start) {
  const Outcome outcome =
      run_program({"--port", "0", "--threads", "1"}, [] { return set_limit(RLIMIT_NOFILE, 20); });
  // The sanitizer checks memory through a pipe, and reports an error where it cannot open one.
  if (contains(outcome.err, "<memory cannot be printed>")) return;
  EXPECT_EQ(outcome.status, 1) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "the limit on open files is 20")) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "ulimit -Hn")) << outcome.err;
}

TEST(Descriptors, that_run_out_all_the_same_are_reported_to_clients_and_end_nothing) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "the sanitizer checks memory through a pipe, and reports an error without one";
#endif
  for (const bool stop_at_once : {false, true}) {
    ServerProcess server({"--threads", "2"});
    WebSocketClient witness(server.port());
    const std::size_t room = 20;
    const rlimit few{.rlim_cur = server.descriptors() + room,
                     .rlim_max = server.descriptors() + room};
    ASSERT_EQ(prlimit(server.pid(), RLIMIT_NOFILE, &few, nullptr), 0);
    std::vector<std::unique_ptr<SocketClient>> clients;
    for (std::size_t i = 0; i < 3 * room; ++i) {
      clients.push_back(std::make_unique<SocketClient>(server.port()));
      clients.back()->send(http_post(kRequest));
    }
    if (!stop_at_once) {
      std::size_t answered = 0;
      for (auto& client : clients) {
        const HttpAnswer answer = read_http(*client);
        if (answer.status == 503) continue;
        ++answered;
        EXPECT_EQ(answer.body, kAnswer);
      }
      EXPECT_GT(answered, room / 2);
      EXPECT_EQ(witness.ask(kRequest), kAnswer);
    }
    server.send_signal(SIGTERM);
    EXPECT_EQ(witness.read_close(), 1001U);
    witness.finish_sending();
    clients.clear();
    const Outcome outcome = server.wait();
    EXPECT_EQ(outcome.status, 0) << outcome.err;
  }
}

TEST(Descriptors, of_the_standard_streams_are_not_taken_by_files) {
  const TemporaryDirectory folder;
  const std::string data = folder.path() + "/data";
  std::string token;
  {
    ServerProcess server({"--data", data, "--log-level", "debug"},
                         [] { return close(STDIN_FILENO) == 0 && close(STDERR_FILENO) == 0; });
    for (const char* fd : {"0", "2"}) {
      EXPECT_EQ(
          std::filesystem::read_symlink("/proc/" + std::to_string(server.pid()) + "/fd/" + fd),
          "/dev/null");
    }
    WebSocketClient client(server.port());
    token = token_of(client.ask(R"({"SH_NEW":{"name":"a"}})"));
    server.send_signal(SIGTERM);
    EXPECT_EQ(client.read_close(), 1001U);
    EXPECT_EQ(server.wait().status, 0);
  }
  const Outcome checked = run_program({"check", data});
  EXPECT_EQ(checked.status, 0) << checked.err;
  ServerProcess server({"--data", data});
  WebSocketClient client(server.port());
  EXPECT_TRUE(contains(client.ask(R"({"SH_EXISTS":{"tkns":[")" + token + R"("]}})"), token));
}

}  // namespace seshdb::testing
