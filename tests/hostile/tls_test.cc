// Clients that break the rules of TLS, or stop in the middle. A witness is served meanwhile.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "support/socket_target.h"

namespace seshdb::testing {

namespace {

using namespace std::string_literals;

constexpr std::string_view kRequest = R"({"SH_EXISTS":{"tkns":[]}})";
constexpr std::string_view kAnswer = R"({"SH_EXISTS_RSP":{"st":1,"exist":[]}})";

server::Config with_tls() {
  server::Config config;
  config.tls = usual_files().settings();
  config.handshake_timeout_ms = 5'000;
  return config;
}

// A whole ClientHello.
std::string make_hello() {
  TlsPeer peer;
  (void)peer.handshake();
  return peer.take_output();
}

class HostileTls : public ::testing::Test {
 protected:
  void expect_served() { EXPECT_EQ(witness_.ask(kRequest), kAnswer); }
  // With one thread, the turn that answers the witness also checks the timeouts.
  void pass_ms(std::uint64_t ms) {
    expect_served();
    clock_.advance_ms(ms);
    expect_served();
    expect_served();
  }
  SocketClient connect_plain() { return {server_.port(), SocketClient::Plain()}; }

  ManualClock clock_;
  TestServer server_{clock_, 1, with_tls()};
  WebSocketClient witness_{server_.port(), TlsClientSettings{}};
};

}  // namespace

TEST_F(HostileTls, half_a_handshake_is_ended_after_its_time) {
  const std::string hello = make_hello();
  std::vector<SocketClient> halves;
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, hello.size() - 1, hello.size()}) {
    halves.push_back(connect_plain());
    halves.back().send(hello.substr(0, bytes));
  }
  pass_ms(4'000);
  // A byte now and then does not extend it.
  halves[1].send(hello.substr(1, 1));
  pass_ms(2'000);
  for (SocketClient& half : halves) EXPECT_TRUE(half.read_to_end());
  expect_served();
}

TEST_F(HostileTls, a_handshake_that_arrives_byte_by_byte_is_done) {
  SocketClient slow = connect_plain();
  TlsPeer peer;
  for (bool is_done = false; !is_done;) {
    is_done = peer.handshake();
    for (const char byte : peer.take_output()) slow.send(std::string(1, byte));
    // One byte at a time is received too.
    if (!is_done) peer.receive(slow.read(1));
  }
  peer.write(http_post(kRequest));
  for (const char byte : peer.take_output()) slow.send(std::string(1, byte));
  std::string got;
  while (got.find(kAnswer) == std::string::npos) {
    peer.receive(slow.read(1));
    got += peer.read();
  }
  expect_served();
}

TEST_F(HostileTls, garbage_ends_its_connection_alone) {
  const std::string hello = make_hello();
  std::string damaged = hello;
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0xFF);
  for (const std::string& bytes :
       {"\x16\x03\x01\xFF\xFF"s, "\x16\x03\x01\x00\x05hello"s, "\x17\x03\x03\x00\x05hello"s,
        std::string(100'000, '\0'), std::string(100'000, '\xFF'), damaged, hello + hello,
        hello.substr(0, 60) + hello}) {
    SocketClient client = connect_plain();
    client.send(bytes);
    client.finish_sending();
    EXPECT_TRUE(client.read_to_end());
    expect_served();
  }
}

TEST_F(HostileTls, garbage_behind_the_handshake_ends_its_connection_alone) {
  WebSocketClient client(server_.port(), TlsClientSettings{});
  EXPECT_EQ(client.ask(kRequest), kAnswer);
  client.tls().write(make_frame(kRequest));
  std::string record = client.tls().take_output();
  record[record.size() - 3] = static_cast<char>(record[record.size() - 3] ^ 1);
  client.send_plain(record);
  EXPECT_EQ(client.read_frame(), std::nullopt);
  expect_served();
}

TEST_F(HostileTls, plain_requests_get_a_plain_refusal) {
  for (const std::string& request : {http_post(kRequest), std::string(kUpgrade) + "\r\n",
                                     std::string("OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n"),
                                     http_post(std::string(10'000, ' '))}) {
    SocketClient client = connect_plain();
    client.send(request);
    const HttpAnswer answer = read_http(client);
    EXPECT_EQ(answer.status, 400);
    EXPECT_NE(answer.body.find("this port speaks TLS"), std::string::npos);
    EXPECT_TRUE(client.read_to_end());
  }
  expect_served();
}

TEST_F(HostileTls, many_clients_that_come_together_are_all_served) {
  constexpr int kClients = 300;
  const std::string hello = make_hello();
  std::vector<SocketClient> silent;
  for (int i = 0; i < kClients; ++i) {
    silent.push_back(connect_plain());
    silent.back().send(hello);
  }
  expect_served();
  for (SocketClient& client : silent) EXPECT_EQ(client.read(1), "\x16") << "a ServerHello";
  expect_served();
}

TEST_F(HostileTls, a_client_that_takes_no_answers_holds_nobody_up) {
  WebSocketClient slow(server_.port(), TlsClientSettings{});
  const std::string made = slow.ask(R"({"SH_NEW":{"name":"a"}})");
  const std::string token = token_of(made);
  slow.ask(R"({"KV_SET":{"tkn":")" + token + R"(","keys":{"k":")" + std::string(900'000, 'd') +
           R"("}}})");
  constexpr int kAnswers = 60;
  std::string all;
  for (int i = 0; i < kAnswers; ++i) {
    all += make_frame(R"({"KV_GET":{"tkn":")" + token + R"(","keys":["k"]}})");
  }
  slow.send(all);
  expect_served();
  for (int i = 0; i < kAnswers; ++i) ASSERT_GT(slow.read_text().size(), 900'000U);
}

TEST_F(HostileTls, a_stop_ends_clients_in_every_state) {
  SocketClient silent = connect_plain();
  SocketClient half = connect_plain();
  half.send(make_hello());
  EXPECT_EQ(half.read(1), "\x16");
  WebSocketClient idle(server_.port(), TlsClientSettings{});
  EXPECT_EQ(idle.ask(kRequest), kAnswer);
  witness_.send_text(kRequest);
  EXPECT_EQ(witness_.read_text(), kAnswer);
  std::thread stops([this] { server_.stop(); });
  EXPECT_TRUE(silent.read_to_end());
  EXPECT_TRUE(half.read_to_end());
  EXPECT_EQ(idle.read_close(), 1001U);
  EXPECT_EQ(idle.read_to_end(), "");
  EXPECT_TRUE(idle.tls().is_closed()) << "a goodbye of TLS too";
  EXPECT_EQ(witness_.read_close(), 1001U);
  idle.finish_sending();
  witness_.finish_sending();
  stops.join();
}

}  // namespace seshdb::testing
