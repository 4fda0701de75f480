// All cores refuse changes that one core's engine cannot keep.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/server_process.h"
#include "support/socket_client.h"
#include "support/temporary_directory.h"

namespace seshdb::testing {

namespace {

// The limit on the size of a file, for processes that start meanwhile.
class FileLimit {
 public:
  explicit FileLimit(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
  }
  ~FileLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int) = nullptr;
};

std::string set(WebSocketClient& client, const std::string& token, const std::string& text) {
  return client.ask(R"({"KV_SET":{"tkn":")" + token + R"(","keys":{"k":")" + text + "\"}}}");
}

// Because the disk is full, or a write has failed.
bool refused(const std::string& answer) {
  return answer.find(R"("st":201,)") != std::string::npos ||
         answer.find(R"("st":202,)") != std::string::npos;
}

// Writes until a refusal or, where that write is the one that fails, until the connection ends
// without an answer.
void write_until_refused(std::uint16_t port, const std::string& token) {
  WebSocketClient client(port);
  const std::string value(20'000, 'v');
  try {
    for (int i = 0; !refused(set(client, token, value)); ++i) ASSERT_LT(i, 2'000);
  } catch (const std::runtime_error&) {
  }
}

}  // namespace

TEST(Storage, that_fails_on_one_core_is_refused_by_all) {
  const TemporaryDirectory folder;
  std::vector<std::string> tokens;
  const auto server = [&folder] {
    const FileLimit limit(8U << 20U);
    return std::make_unique<ServerProcess>(std::vector<std::string>{
        "--threads", "2", "--data", folder.path() + "/data", "--checkpoint-bytes", "999999999",
        "--message-bytes-max", "100000", "--log-level", "off"});
  }();
  WebSocketClient client(server->port());
  for (int i = 0; i < 20; ++i) {
    tokens.push_back(token_of(client.ask(R"({"SH_NEW":{"name":"a"}})")));
    EXPECT_FALSE(refused(set(client, tokens.back(), "v")));
  }
  write_until_refused(server->port(), tokens.front());
  for (const std::string& token : tokens) EXPECT_TRUE(refused(set(client, token, "w")));
}

}  // namespace seshdb::testing
