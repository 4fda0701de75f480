// A disk that fills up: changes are refused with 201, nothing is lost, reads go on, and writes go
// on once there is space again. On a small tmpfs that the test mounts, where it may.
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "support/server_process.h"
#include "support/socket_client.h"
#include "support/temporary_directory.h"

namespace seshdb::testing {

namespace {

class SmallDisk {
 public:
  SmallDisk() { error_ = mount("tmpfs", path().c_str(), "tmpfs", 0, "size=24m") == 0 ? 0 : errno; }
  ~SmallDisk() {
    if (error_ == 0) umount2(path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] const std::string& path() const { return folder_.path(); }
  [[nodiscard]] std::string data() const { return path() + "/data"; }
  [[nodiscard]] std::string ballast() const { return path() + "/ballast"; }
  // Leaves this many bytes free.
  void fill(std::uintmax_t left) const {
    const std::uintmax_t free = std::filesystem::space(path()).available;
    std::ofstream(ballast()) << std::string(free > left ? free - left : 0, 'x');
  }

 private:
  const TemporaryDirectory folder_;
  int error_ = 0;
};

std::string ask(WebSocketClient& client, const std::string& command, const std::string& token,
                const std::string& more = "") {
  return client.ask("{\"" + command + R"(":{"tkn":")" + token + '"' + more + "}}");
}

std::string set(WebSocketClient& client, const std::string& token, const std::string& text) {
  return ask(client, "KV_SET", token, R"(,"keys":{"k":")" + text + "\"}");
}

bool refused(const std::string& answer) { return answer.find(R"("st":201,)") != std::string::npos; }

const std::string kValue(20'000, 'v');

std::vector<std::string> arguments_for(const SmallDisk& disk, const std::string& sync) {
  // Checkpoints would free space; here the log only grows.
  return {"--data",
          disk.data(),
          "--sync",
          sync,
          "--threads",
          "1",
          "--checkpoint-bytes",
          "999999999",
          "--log-level",
          "off",
          "--message-bytes-max",
          "100000"};
}

}  // namespace

class DiskFull : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (disk.error() != 0) {
      GTEST_SKIP() << "no small disk: mounting tmpfs gives " << std::strerror(disk.error());
    }
  }
  const SmallDisk disk;
};
INSTANTIATE_TEST_SUITE_P(BySync, DiskFull, ::testing::Values("always", "interval", "off"),
                         [](const auto& sync) { return std::string(sync.param); });

TEST_P(DiskFull, refuses_changes_that_take_space_and_goes_on_once_there_is_space_again) {
  std::string token;
  std::string last;  // the last value that was stored
  {
    ServerProcess server(arguments_for(disk, GetParam()));
    WebSocketClient client(server.port());
    token = token_of(client.ask(R"({"SH_NEW":{"name":"a"}})"));
    const std::string other = token_of(client.ask(R"({"SH_NEW":{"name":"b"}})"));
    disk.fill(8U << 20U);
    int sets = 0;
    for (;; ++sets) {
      ASSERT_LT(sets, 5'000);
      const std::string value = kValue + std::to_string(sets);
      const std::string answer = set(client, token, value);
      if (refused(answer)) break;
      ASSERT_NE(answer.find("KV_SET_RSP"), std::string::npos) << answer;
      ASSERT_EQ(answer.find("\"st\":"), std::string::npos) << answer;
      last = value;
    }
    EXPECT_GT(sets, 50);
    EXPECT_NE(ask(client, "KV_GET", token, R"(,"keys":["k"])").find(last), std::string::npos);
    EXPECT_TRUE(refused(client.ask(R"({"SH_NEW":{"name":"c"}})")));
    EXPECT_EQ(ask(client, "SH_END", other), R"({"SH_END_RSP":{"st":1,"tkn":")" + other + "\"}}");

    std::filesystem::remove(disk.ballast());
    while (refused(set(client, token, "again"))) {  // it checks the disk now and then
    }
    last = "again";
    server.send_signal(SIGKILL);
    server.wait();
  }
  ServerProcess server(arguments_for(disk, GetParam()));
  WebSocketClient client(server.port());
  EXPECT_NE(ask(client, "KV_GET", token, R"(,"keys":["k"])").find('"' + last + '"'),
            std::string::npos);
  EXPECT_EQ(client.ask(R"({"SH_INFO_ALL":{}})"),
            R"({"SH_INFO_ALL_RSP":{"totalSessions":1,"totalKeys":1}})");
}

TEST_P(DiskFull, loses_no_answered_change_with_any_space_left) {
  for (const std::uintmax_t left : {6'000'000U, 6'300'000U, 7'000'000U}) {
    std::filesystem::remove_all(disk.data());
    std::string token;
    std::string last;
    {
      ServerProcess server(arguments_for(disk, GetParam()));
      WebSocketClient client(server.port());
      token = token_of(client.ask(R"({"SH_NEW":{"name":"a"}})"));
      disk.fill(left);
      for (int i = 0; i < 400; ++i) {
        const std::string value = kValue + std::to_string(i);
        if (!refused(set(client, token, value))) last = value;
      }
      server.send_signal(SIGKILL);
      server.wait();
      std::filesystem::remove(disk.ballast());
    }
    ServerProcess server(arguments_for(disk, GetParam()));
    WebSocketClient client(server.port());
    EXPECT_NE(ask(client, "KV_GET", token, R"(,"keys":["k"])").find('"' + last + '"'),
              std::string::npos);
  }
}

TEST_P(DiskFull, at_the_start_is_reported) {
  disk.fill(0);
  std::vector<std::string> arguments = arguments_for(disk, GetParam());
  arguments.insert(arguments.begin(), {"--port", "0"});
  const Outcome outcome = run_program(arguments);
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.err.find("No space left on device"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find(disk.path()), std::string::npos) << outcome.err;
}

}  // namespace seshdb::testing
