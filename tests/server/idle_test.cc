// Silent clients, with the real clock and the real options. Timeouts are short here, so that the
// tests can wait for them.
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "base/limits.h"
#include "support/server_process.h"
#include "support/socket_client.h"

namespace seshdb::testing {

namespace {

constexpr std::string_view kRequest = R"({"SH_EXISTS":{"tkns":[]}})";
constexpr std::string_view kAnswer = R"({"SH_EXISTS_RSP":{"st":1,"exist":[]}})";

}  // namespace

TEST(Idle, clients_are_pinged_and_closed_without_an_answer) {
  const ServerProcess server({"--idle-ping-ms", "100", "--idle-close-ms", "400"});
  WebSocketClient gone(server.port());
  WebSocketClient alive(server.port());
  // Ten pongs keep a client for longer than the timeout.
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

TEST(Idle, clients_are_pinged_by_default_before_proxies_close_them) {
  // nginx, HAProxy and cloud load balancers close connections that are silent for 60 s.
  EXPECT_EQ(limits::kIdlePingMsDefault, 25'000U);
  EXPECT_EQ(limits::kIdleCloseMsDefault, 75'000U);
}

TEST(Idle, half_a_request_times_out_and_its_descriptor_is_closed) {
  const ServerProcess server({"--handshake-timeout-ms", "100", "--threads", "2"});
  WebSocketClient witness(server.port());
  EXPECT_EQ(witness.ask(kRequest), kAnswer);
  const std::size_t before = server.descriptors();
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
  for (int i = 0; i < 100'000 && server.descriptors() > before; ++i) {
    ASSERT_EQ(witness.ask(kRequest), kAnswer);
  }
  EXPECT_EQ(server.descriptors(), before);
}

}  // namespace seshdb::testing
