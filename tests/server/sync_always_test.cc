// With --sync always, while others write all the time: answers wait for syncs, and everything else
// of a connection goes on.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "support/server_process.h"
#include "support/socket_client.h"
#include "support/temporary_directory.h"

namespace seshdb::testing {

namespace {

constexpr std::string_view kRequest = R"({"SH_EXISTS":{"tkns":[]}})";
constexpr std::string_view kAnswer = R"({"SH_EXISTS_RSP":{"st":1,"exist":[]}})";

// Clients that write without waiting, until the end: there are always unsynced changes.
class Writers {
 public:
  explicit Writers(std::uint16_t port) {
    for (int i = 0; i < kWriters; ++i) {
      threads_.emplace_back([this, port] { write(port); });
    }
  }
  ~Writers() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }
  Writers(const Writers&) = delete;
  Writers& operator=(const Writers&) = delete;

  static constexpr int kWriters = 2;

 private:
  void write(std::uint16_t port) const {
    WebSocketClient client(port);
    const std::string token = token_of(client.ask(R"({"SH_NEW":{"name":"a"}})"));
    std::string sets;  // enough that some always wait for the server
    for (int i = 0; i < 1'000; ++i) {
      sets += make_frame(R"({"KV_SETQ":{"tkn":")" + token + R"(","keys":{"k":1}}})");
    }
    while (!stop_ && client.send(sets)) {
    }
  }

  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

class SyncAlways : public ::testing::Test {
 protected:
  const TemporaryDirectory folder;
  const ServerProcess server{
      {"--threads", "1", "--data", folder.path() + "/data", "--sync", "always"}};
  const Writers writers{server.port()};
};

bool is_alone(WebSocketClient& client) {
  const std::string connections = R"("connections":)" + std::to_string(Writers::kWriters + 1) + ",";
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (std::chrono::steady_clock::now() < deadline) {
    const std::string info = client.ask(R"({"SV_INFO":{}})");
    if (info.find(connections) != std::string::npos) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

}  // namespace

TEST_F(SyncAlways, closes_and_removes_connections_while_others_write) {
  WebSocketClient witness(server.port());
  {
    WebSocketClient client(server.port());
    EXPECT_EQ(client.ask(kRequest), kAnswer);
    client.send(make_frame("\x03\xe8", {.opcode = 8}));
    EXPECT_EQ(client.read_close(), 1000U);
    EXPECT_EQ(client.read_to_end(), "");
    SocketClient vanishes(server.port());
    vanishes.send(http_post(kRequest));
    EXPECT_EQ(read_http(vanishes).body, kAnswer);
    vanishes.reset();
  }
  EXPECT_TRUE(is_alone(witness));
}

TEST_F(SyncAlways, ends_http_connections_that_are_to_close_while_others_write) {
  SocketClient client(server.port());
  client.send(http_post(kRequest, "Connection: close\r\n"));
  EXPECT_EQ(read_http(client).body, kAnswer);
  EXPECT_EQ(client.read_to_end(), "");
}

// The second is held back until the first is answered.
TEST_F(SyncAlways, runs_requests_that_were_held_back_while_others_write) {
  WebSocketClient client(server.port());
  for (int i = 0; i < 10; ++i) {
    client.send(make_frame(R"({"SH_INFO_ALL":{}})") + make_frame(kRequest));
    EXPECT_EQ(client.read_text().find(R"({"SH_INFO_ALL_RSP")"), 0U);
    EXPECT_EQ(client.read_text(), kAnswer);
  }
}

}  // namespace seshdb::testing
