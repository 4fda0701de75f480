// Locks of a data directory, tools that only read it, and a server whose directory is removed or
// replaced.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "support/server_process.h"
#include "support/socket_client.h"
#include "support/temporary_directory.h"

namespace seshdb::testing {

namespace {

namespace fs = std::filesystem;

constexpr uid_t kNobody = 65'534;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

bool as_nobody() { return getuid() != 0 || setuid(kNobody) == 0; }

class DirectoryInUse : public ::testing::Test {
 protected:
  [[nodiscard]] std::vector<std::string> arguments() const {
    return {"--data", path, "--threads", "2"};
  }
  // A data directory of a server that has stopped.
  void make() const {
    ServerProcess server(arguments());
    WebSocketClient client(server.port());
    const std::string token = token_of(client.ask(R"({"SH_NEW":{"name":"a"}})"));
    (void)client.ask(R"({"KV_SET":{"tkn":")" + token + R"(","keys":{"k":1}}})");
    client.finish_sending();
    server.send_signal(SIGTERM);
    ASSERT_EQ(server.wait().status, 0);
  }
  // Names, sizes and times of what is in the directory, and its own.
  [[nodiscard]] std::map<std::string, std::string> listing() const {
    std::map<std::string, std::string> found;
    const auto look = [&found](const std::string& at) {
      struct stat status{};
      EXPECT_EQ(stat(at.c_str(), &status), 0);
      found[at] = std::to_string(status.st_size) + ' ' + std::to_string(status.st_mtim.tv_sec) +
                  '.' + std::to_string(status.st_mtim.tv_nsec) + ' ' +
                  std::to_string(status.st_ctim.tv_sec) + '.' +
                  std::to_string(status.st_ctim.tv_nsec);
    };
    look(path);
    for (const auto& entry : fs::directory_iterator(path)) look(entry.path().string());
    return found;
  }
  // Asks until the server reports that its storage has failed. A client that waits for an answer at
  // that moment is disconnected.
  static void wait_until_failed(const ServerProcess& server) {
    for (std::string answer; !contains(answer, R"("state":"failed")");) {
      try {
        WebSocketClient client(server.port());
        answer = client.ask(R"({"SV_INFO":{}})");
      } catch (const std::runtime_error&) {
        continue;
      }
    }
  }
  static void refuses_changes_and_says_why(ServerProcess& server) {
    wait_until_failed(server);
    WebSocketClient client(server.port());
    EXPECT_TRUE(contains(client.ask(R"({"SH_NEW":{"name":"b"}})"), R"("st":202)"));
    client.finish_sending();
    server.send_signal(SIGTERM);
    const std::string log = server.wait().err;
    const std::string told = "the data directory was removed or replaced";
    ASSERT_TRUE(contains(log, told)) << log;
    EXPECT_FALSE(contains(log.substr(log.find(told) + 1), told)) << log;
  }

  const TemporaryDirectory folder;
  const std::string path = folder.path() + "/data";
};

}  // namespace

TEST_F(DirectoryInUse, is_not_changed_by_tools_that_read_it) {
  make();
  for (const bool has_lock : {true, false}) {
    if (!has_lock) fs::remove(path + "/LOCK");
    const auto before = listing();
    for (const char* const tool : {"check", "export"}) {
      EXPECT_EQ(run_program({tool, path}).status, 0);
      EXPECT_EQ(listing(), before) << tool;
    }
  }
}

TEST_F(DirectoryInUse, need_not_be_writable_to_be_read) {
  make();
  fs::remove(path + "/LOCK");
  fs::permissions(folder.path(), fs::perms::all);
  for (const auto& entry : fs::directory_iterator(path)) {
    fs::permissions(entry.path(), fs::perms::owner_read);
    ASSERT_TRUE(getuid() != 0 || chown(entry.path().c_str(), kNobody, kNobody) == 0);
  }
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_exec);
  ASSERT_TRUE(getuid() != 0 || chown(path.c_str(), kNobody, kNobody) == 0);
  for (const char* const tool : {"check", "export"}) {
    const Outcome outcome = run_program({tool, path}, as_nobody);
    EXPECT_EQ(outcome.status, 0) << tool << ": " << outcome.err;
  }
  fs::permissions(path, fs::perms::owner_all);
}

TEST_F(DirectoryInUse, gets_no_file_where_it_was_named_by_mistake) {
  fs::create_directory(path);
  std::ofstream(path + "/letter") << "text";
  const auto before = listing();
  for (const char* const tool : {"check", "export", "repair"}) {
    const Outcome outcome = run_program({tool, path});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_TRUE(contains(outcome.err, "holds no data of seshdb")) << outcome.err;
    EXPECT_EQ(listing(), before) << tool;
  }
  const std::string copy = folder.path() + "/copy";
  EXPECT_EQ(run_program({"backup", path, copy}).status, 1);
  EXPECT_FALSE(fs::exists(copy)) << "half a copy";
  EXPECT_EQ(listing(), before);
}

TEST_F(DirectoryInUse, stays_in_use_where_its_file_LOCK_is_removed) {
  ServerProcess server(arguments());
  ASSERT_TRUE(fs::remove(path + "/LOCK"));
  for (const std::vector<std::string>& second :
       {std::vector<std::string>{"--port", "0", "--data", path},
        {"check", path},
        {"export", path},
        {"repair", path},
        {"import", path}}) {
    const Outcome outcome = run_program(second);
    EXPECT_EQ(outcome.status, 1);
    EXPECT_TRUE(contains(outcome.err, "is in use by another seshdb")) << outcome.err;
  }
}

TEST_F(DirectoryInUse, that_is_removed_has_failed) {
  ServerProcess server(arguments());
  // The server may create its next segment there.
  for (std::error_code error; fs::exists(path);) fs::remove_all(path, error);
  refuses_changes_and_says_why(server);
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(DirectoryInUse, that_is_replaced_has_failed_and_the_new_one_may_be_used) {
  ServerProcess server(arguments());
  fs::rename(path, path + "-moved");
  ServerProcess second(arguments());
  refuses_changes_and_says_why(server);
  WebSocketClient client(second.port());
  EXPECT_TRUE(contains(client.ask(R"({"SH_NEW":{"name":"b"}})"), R"("st":1)"));
}

}  // namespace seshdb::testing
