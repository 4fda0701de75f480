// Clients that fall silent, with the real clock and the real options; and a server that runs out of
// descriptors. Time-outs are small here, so that waiting for what must come is enough.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <iterator>
#include <memory>
#include <vector>

#include "support/server_process.h"
#include "support/socket_client.h"

namespace seshdb::testing {

namespace {

constexpr std::string_view kRequest = R"({"SH_EXISTS":{"tkns":[]}})";
constexpr std::string_view kAnswer = R"({"SH_EXISTS_RSP":{"st":1,"exist":[]}})";

std::size_t descriptors_of(pid_t pid) {
  const std::filesystem::directory_iterator files("/proc/" + std::to_string(pid) + "/fd");
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

}  // namespace

TEST(Idle, clients_are_pinged_and_who_does_not_answer_is_closed) {
  const ServerProcess server({"--idle-ping-ms", "100", "--idle-close-ms", "400"});
  WebSocketClient gone(server.port());
  WebSocketClient alive(server.port());
  // Ten pongs keep a client for longer than the silence that ends one.
  for (int i = 0; i < 10; ++i) {
    const auto ping = alive.read_frame();
    ASSERT_TRUE(ping);
    ASSERT_EQ(ping->opcode, 9U);
    alive.send(make_frame(ping->payload, {.opcode = 10}));
  }
  EXPECT_EQ(gone.read_frame()->opcode, 9U);
  EXPECT_EQ(gone.read_close(), 1001U);
  EXPECT_TRUE(gone.read_to_end());
  alive.send_text(kRequest);
  EXPECT_EQ(alive.read_text(), kAnswer);
}

TEST(Idle, half_a_request_is_given_up_and_its_descriptor_with_it) {
  const ServerProcess server({"--handshake-timeout-ms", "100", "--threads", "2"});
  WebSocketClient witness(server.port());
  EXPECT_EQ(witness.ask(kRequest), kAnswer);
  const std::size_t before = descriptors_of(server.pid());
  {
    std::vector<std::unique_ptr<SocketClient>> slow;
    for (int i = 0; i < 50; ++i) {
      slow.push_back(std::make_unique<SocketClient>(server.port()));
      slow.back()->send("POST / HTTP/1.1\r\nHost: a\r\nContent-Le");
    }
    for (auto& client : slow) {
      EXPECT_EQ(read_http(*client).status, 408);
      EXPECT_TRUE(client->read_to_end());
      EXPECT_EQ(witness.ask(kRequest), kAnswer);
    }
  }
  for (int i = 0; i < 100'000 && descriptors_of(server.pid()) > before; ++i) {
    ASSERT_EQ(witness.ask(kRequest), kAnswer);
  }
  EXPECT_EQ(descriptors_of(server.pid()), before);
}

TEST(Descriptors, that_run_out_keep_clients_waiting_but_end_nothing) {
  ServerProcess server({"--threads", "2"});
  WebSocketClient witness(server.port());
  const std::size_t room = 20;
  const rlimit few{.rlim_cur = descriptors_of(server.pid()) + room,
                   .rlim_max = descriptors_of(server.pid()) + room};
  ASSERT_EQ(prlimit(server.pid(), RLIMIT_NOFILE, &few, nullptr), 0);
  std::vector<std::unique_ptr<SocketClient>> clients;
  for (std::size_t i = 0; i < 3 * room; ++i) {
    clients.push_back(std::make_unique<SocketClient>(server.port()));
    clients.back()->send(http_post(kRequest, "Connection: close\r\n"));
  }
  EXPECT_EQ(witness.ask(kRequest), kAnswer);
  // Those that are in are answered and make room for the rest.
  for (auto& client : clients) {
    EXPECT_EQ(read_http(*client).body, kAnswer);
    client.reset();
  }
  EXPECT_EQ(witness.ask(kRequest), kAnswer);
  witness.finish_sending();
  server.send_signal(SIGTERM);
  EXPECT_EQ(server.wait().status, 0);
}

}  // namespace seshdb::testing
