// The program as its users see it: options, exit statuses, its one line of output, its log.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <utility>
#include <vector>

#include "support/server_process.h"
#include "support/socket_client.h"
#include "support/temporary_directory.h"
#include "support/temporary_file.h"

namespace seshdb::testing {

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST(Program, says_where_it_listens_and_nothing_else) {
  ServerProcess server;
  server.send_signal(SIGTERM);
  const Outcome outcome = server.wait();
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "listening on 127.0.0.1:" + std::to_string(server.port()) + "\n");
}

TEST(Program, says_so_where_its_port_is_in_use) {
  const ServerProcess first;
  const std::string port = std::to_string(first.port());
  const Outcome second = run_program({"--port", port});
  EXPECT_EQ(second.status, 1);
  EXPECT_TRUE(contains(second.err, "127.0.0.1 port " + port)) << second.err;
  EXPECT_TRUE(contains(second.err, "in use")) << second.err;
  WebSocketClient client(first.port());
  EXPECT_EQ(client.ask(R"({"SH_EXISTS":{"tkns":[]}})"), R"({"SH_EXISTS_RSP":{"st":1,"exist":[]}})");
}

TEST(Program, says_so_where_it_cannot_listen) {
  const Outcome outcome = run_program({"--listen", "203.0.113.7", "--port", "0"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_TRUE(contains(outcome.err, "203.0.113.7")) << outcome.err;
  EXPECT_EQ(run_program({"--listen", "nowhere", "--port", "0"}).status, 1);
}

TEST(Program, says_which_limit_to_raise_where_descriptors_run_out_at_start) {
  // Too few for the bells of 16 cores; and enough for the bells but not for the pollers.
  for (const auto prepare : {+[] { return set_limit(RLIMIT_NOFILE, 12); },
                             +[] { return set_limit(RLIMIT_NOFILE, 28); }}) {
    const Outcome outcome = run_program({"--port", "0", "--threads", "16"}, prepare);
    // The sanitizer checks memory through a pipe, and reports an error where it cannot open one.
    if (contains(outcome.err, "<memory cannot be printed>")) continue;
    EXPECT_EQ(outcome.status, 1) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_TRUE(contains(outcome.err, "open files (ulimit -Hn)")) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, "--threads")) << outcome.err;
  }
}

TEST(Program, says_which_limit_to_raise_where_threads_run_out_at_start) {
  const Outcome outcome =
      run_program({"--port", "0", "--threads", "16"}, [] { return set_limit(RLIMIT_NPROC, 5); });
  EXPECT_EQ(outcome.status, 1) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_TRUE(contains(outcome.err, "processes (ulimit -u)")) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "--threads")) << outcome.err;
}

TEST(Program, says_for_how_many_clients_descriptors_suffice) {
  // The limit on processes allows no further thread, so that the program ends by itself.
  const Outcome outcome = run_program({"--port", "0", "--threads", "1"}, [] {
    return set_limit(RLIMIT_NOFILE, 100) && set_limit(RLIMIT_NPROC, 1);
  });
  // The tests may have been started with some open.
  const auto figure = [&outcome](const std::string& name) {
    const std::size_t at = outcome.err.find(name + '=');
    return at == std::string::npos ? 0 : std::stoul(outcome.err.substr(at + name.size() + 1));
  };
  EXPECT_EQ(figure("connections_max"), 10'000U) << outcome.err;
  EXPECT_EQ(figure("files_allowed"), 100U) << outcome.err;
  EXPECT_LE(figure("connections_room"), 73U) << outcome.err;
  EXPECT_GT(figure("connections_room"), 36U) << outcome.err;
  EXPECT_EQ(figure("files_needed") - 10'000U, 100U - figure("connections_room")) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "ulimit -Hn")) << outcome.err;
}

TEST(Program, ends_with_two_after_a_wrong_option) {
  const Outcome option = run_program({"--prot", "5"});
  EXPECT_EQ(option.status, 2);
  EXPECT_TRUE(contains(option.err, "--prot")) << option.err;
  const Outcome value = run_program({"--port", "http"});
  EXPECT_EQ(value.status, 2);
  EXPECT_EQ(value.err,
            "seshdb: --port: 'http' is not allowed; it takes a whole number from 0 to 65535\n");
  const TemporaryFile file("threads = 2\nport = 99999\n");
  const Outcome setting = run_program({"--config", file.path()});
  EXPECT_EQ(setting.status, 2);
  EXPECT_TRUE(contains(setting.err, file.path() + ":2: port: '99999'")) << setting.err;
}

TEST(Program, names_every_option_that_is_given_a_wrong_value) {
  for (const auto& [option, value, allowed] : std::vector<std::array<std::string, 3>>{
           {"--threads", "0", "1 to 256"},
           {"--connections-max", "none", "1 to 1000000"},
           {"--message-bytes-max", "63", "64 to 67108864"},
           {"--depth-max", "1e3", "8 to 4096"},
           {"--unsent-bytes-max", "-1", "4096 to"},
           {"--handshake-timeout-ms", "0", "1 to"},
           {"--idle-ping-ms", "1.5", "1 to"},
           {"--idle-close-ms", "1 s", "1 to"},
           {"--allow-origin", "example.com", "https://example.com"},
           {"--allow-origin", "https://example.com/app", "it has a path"},
           {"--tls-min", "1.1", "1.2 or 1.3"},
           {"--log-level", "loud", "debug, info, warn, error or off"}}) {
    const Outcome outcome = run_program({option, value});
    EXPECT_EQ(outcome.status, 2) << option;
    EXPECT_TRUE(outcome.out.empty()) << outcome.out;
    EXPECT_TRUE(contains(outcome.err, option + ": '" + value + "'")) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, allowed)) << outcome.err;
  }
}

TEST(Program, names_file_and_line_of_a_wrong_setting) {
  for (const auto& [text, line] : std::vector<std::pair<std::string, std::string>>{
           {"# nothing\n\ncolour = red\n", ":3: "},
           {"port 0\n", ":1: "},
           {"port = 0\nlisten = \"127.0.0.1\n", ":2: listen"},
           {"port = 0\n\n\nlog-level = loud", ":4: log-level"}}) {
    const TemporaryFile file(text);
    const Outcome outcome = run_program({"--config", file.path()});
    EXPECT_EQ(outcome.status, 2) << text;
    EXPECT_TRUE(contains(outcome.err, file.path() + line)) << outcome.err;
  }
  // Missing, a folder, and one that opens but cannot be read.
  for (const char* path : {"/no/such/file", "/proc/self", "/proc/self/mem"}) {
    const Outcome outcome = run_program({"--config", path, "--threads", "0"});
    EXPECT_EQ(outcome.status, 2);
    EXPECT_TRUE(contains(outcome.err, "--config: cannot read the file '" + std::string(path)))
        << outcome.err;
  }
}

TEST(Program, prints_help_and_version_and_the_manual) {
  const Outcome version = run_program({"--version"});
  EXPECT_EQ(version.status, 0);
  EXPECT_EQ(version.out.rfind("seshdb ", 0), 0U) << version.out;
  const Outcome help = run_program({"--help"});
  EXPECT_EQ(help.status, 0);
  EXPECT_TRUE(contains(help.out, "--config FILE")) << help.out;
  EXPECT_TRUE(version.err.empty() && help.err.empty());
  const Outcome manual = run_program({"help", "KV_UPDATE"});
  EXPECT_EQ(manual.status, 0);
  EXPECT_TRUE(contains(manual.out, "JSON Pointer")) << manual.out;
  EXPECT_EQ(run_program({"help", "KV_NOTHING"}).status, 2);
}

TEST(Program, keeps_shared_tokens_over_a_restart_where_it_has_a_secret_file) {
  const std::string path =
      (std::filesystem::temp_directory_path() / ("seshdb-secret-" + std::to_string(getpid())))
          .string();
  std::string answers[2];
  for (std::string& answer : answers) {
    // Of 128 bits, half are random each time.
    ServerProcess server({"--secret-file", path, "--token-bits", "64"});
    WebSocketClient client(server.port());
    answer = client.ask(R"({"SH_NEW":{"name":"lobby","shared":true}})");
  }
  std::filesystem::remove(path);
  EXPECT_TRUE(contains(answers[0], R"("st":1)")) << answers[0];
  EXPECT_EQ(answers[0], answers[1]);
}

TEST(Program, uses_another_secret_for_existing_data_only_where_the_file_exists) {
  const TemporaryDirectory folder;
  const std::vector<std::string> arguments = {"--data", folder.path() + "/data", "--secret-file",
                                              folder.path() + "/secret"};
  const auto shared_token = [&arguments] {
    ServerProcess server(arguments);
    WebSocketClient client(server.port());
    return token_of(client.ask(R"({"SH_NEW":{"name":"lobby","shared":true}})"));
  };
  const std::string token = shared_token();
  std::filesystem::remove(arguments.back());
  std::vector<std::string> failing = arguments;
  failing.insert(failing.end(), {"--port", "0"});
  const Outcome refused = run_program(failing);
  EXPECT_EQ(refused.status, 1);
  EXPECT_TRUE(contains(refused.err, arguments.back() + "': it is missing")) << refused.err;
  // The advice in the message makes another.
  const std::size_t begin = refused.err.find("(umask");
  ASSERT_NE(begin, std::string::npos) << refused.err;
  EXPECT_EQ(std::system(refused.err.substr(begin).c_str()), 0);
  EXPECT_NE(shared_token(), token);
}

TEST(Program, logs_neither_values_nor_tokens) {
  ServerProcess server({"--log-level", "debug"});
  WebSocketClient client(server.port());
  const std::string made = client.ask(R"({"SH_NEW":{"name":"confidential-name"}})");
  const std::string whole = token_of(made);
  ASSERT_GT(whole.size(), 10U) << made;
  client.ask(R"({"KV_SET":{"tkn":")" + whole + R"(","keys":{"k":"confidential-value"}}})");
  client.send(make_frame("confidential-nonsense", {.opcode = 3}));
  EXPECT_EQ(client.read_close(), 1002U);
  SocketClient http(server.port());
  http.send("confidential-garbage\r\n\r\n");
  EXPECT_TRUE(http.read_to_end());
  for (SocketClient* const gone : {&http, static_cast<SocketClient*>(&client)}) {
    gone->finish_sending();  // the server does not wait for such a client
  }
  server.send_signal(SIGINT);
  const Outcome outcome = server.wait();
  EXPECT_EQ(outcome.status, 0);
  EXPECT_FALSE(outcome.err.empty());
  EXPECT_FALSE(contains(outcome.err, "confidential")) << outcome.err;
  EXPECT_FALSE(contains(outcome.err, whole)) << outcome.err;
}

}  // namespace seshdb::testing
