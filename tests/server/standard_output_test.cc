// Standard output that cannot be written to: a full disk, a pipe without a reader, a closed
// descriptor.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>
#include <vector>

#include "support/server_process.h"
#include "support/socket_client.h"
#include "support/temporary_directory.h"

namespace seshdb::testing {

namespace {

using Prepare = bool (*)();

bool to_full_disk() {
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  return full >= 0 && dup2(full, STDOUT_FILENO) == STDOUT_FILENO;
}

bool to_closed_pipe() {
  std::array<int, 2> ends{};
  return pipe2(ends.data(), O_CLOEXEC) == 0 && dup2(ends[1], STDOUT_FILENO) == STDOUT_FILENO &&
         close(ends[0]) == 0;
}

bool to_closed_descriptor() { return close(STDOUT_FILENO) == 0; }

// It is stopped as soon as it runs.
bool to_full_disk_and_stopped() {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  return to_full_disk() && sigprocmask(SIG_BLOCK, &stop, nullptr) == 0 && raise(SIGTERM) == 0;
}

class StandardOutput : public ::testing::TestWithParam<Prepare> {
 protected:
  static void is_told(const Outcome& outcome, const std::string& program) {
    EXPECT_EQ(outcome.status, 1) << outcome.err;
    EXPECT_NE(outcome.err.find(program + ": cannot write"), std::string::npos) << outcome.err;
  }
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(ThatTakesNothing, StandardOutput,
                         ::testing::Values(&to_full_disk, &to_closed_pipe, &to_closed_descriptor));

TEST_P(StandardOutput, fails_every_command_that_prints) {
  const TemporaryDirectory folder;
  const std::string path = folder.path() + "/data";
  {
    ServerProcess server({"--data", path});
    WebSocketClient client(server.port());
    (void)client.ask(R"({"SH_NEW":{"name":"a"}})");
    client.finish_sending();
    server.send_signal(SIGTERM);
    ASSERT_EQ(server.wait().status, 0);
  }
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--help"},
                                                    {"--version"},
                                                    {"help"},
                                                    {"help", "--markdown"},
                                                    {"check", path},
                                                    {"repair", path},
                                                    {"export", path},
                                                    {"export", path, "--zstd"},
                                                    {"backup", path, folder.path() + "/copy"}}) {
    SCOPED_TRACE(arguments.front());
    is_told(run_program(arguments, GetParam()), "seshdb");
  }
}

TEST_P(StandardOutput, fails_the_load_generator) {
  is_told(run_bench({"--help"}, GetParam()), "seshdb-bench");
  const ServerProcess server;
  is_told(run_bench({"--port", std::to_string(server.port()), "--sessions", "10", "--connections",
                     "1", "--warm-up", "0", "--duration", "0.01"},
                    GetParam()),
          "seshdb-bench");
}

TEST(ServersStandardOutput, is_not_needed_by_a_server) {
  const Outcome outcome = run_program({"--port", "0"}, to_full_disk_and_stopped);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("cannot write to standard output"), std::string::npos) << outcome.err;
}

}  // namespace seshdb::testing
