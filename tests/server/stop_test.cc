// A clean stop, whatever clients do meanwhile: status 0 within five seconds, every received request
// is answered, and clients get the close code 1001.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <thread>
#include <vector>

#include "support/server_process.h"
#include "support/socket_client.h"

namespace seshdb::testing {

namespace {

constexpr std::string_view kRequest = R"({"SH_EXISTS":{"tkns":[]}})";
constexpr std::string_view kAnswer = R"({"SH_EXISTS_RSP":{"st":1,"exist":[]}})";

}  // namespace

class Stop : public ::testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(BySignal, Stop, ::testing::Values(SIGTERM, SIGINT),
                         [](const auto& signal) {
                           return signal.param == SIGTERM ? "sigterm" : "sigint";
                         });

TEST_P(Stop, closes_all_kinds_of_clients_and_ends_in_time) {
  ServerProcess server({"--threads", "2"});
  WebSocketClient idle(server.port());
  EXPECT_EQ(idle.ask(kRequest), kAnswer);
  WebSocketClient in_fragment(server.port());
  in_fragment.send(make_frame(kRequest.substr(0, 9), {.fin = false}));
  WebSocketClient in_frame(server.port());
  in_frame.send(make_frame(kRequest).substr(0, 9));
  SocketClient silent(server.port());
  SocketClient half_sent(server.port());
  half_sent.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Le");
  SocketClient keeps_alive(server.port());
  keeps_alive.send(http_post(kRequest));
  EXPECT_EQ(read_http(keeps_alive).body, kAnswer);
  // Reads none of its answers, which are more than sockets and buffers hold.
  WebSocketClient deaf(server.port());
  const std::string token = token_of(deaf.ask(R"({"SH_NEW":{"name":"a"}})"));
  deaf.ask(R"({"KV_SET":{"tkn":")" + token + R"(","keys":{"k":")" + std::string(500'000, 'x') +
           R"("}}})");
  std::string requests;
  for (int i = 0; i < 100; ++i) {
    requests += make_frame(R"({"KV_GET":{"tkn":")" + token + R"(","keys":["k"]}})");
  }
  deaf.send(requests);
  WebSocketClient last(server.port());
  EXPECT_EQ(last.ask(kRequest), kAnswer);  // all that was sent before has arrived

  const auto begin = std::chrono::steady_clock::now();
  server.send_signal(GetParam());
  EXPECT_EQ(idle.read_close(), 1001U);
  EXPECT_EQ(in_fragment.read_close(), 1001U);
  EXPECT_EQ(in_frame.read_close(), 1001U);
  const Outcome outcome = server.wait();
  // The bound in the contract, not a measure of speed.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  EXPECT_EQ(outcome.status, 0) << outcome.err;
}

TEST_P(Stop, answers_what_was_received_before_it_closes) {
  ServerProcess server({"--threads", "3"});
  WebSocketClient client(server.port());
  const std::string token = token_of(client.ask(R"({"SH_NEW":{"name":"a"}})"));
  std::string requests;
  // So few that they are all in the socket's buffer, whatever its length: more may be under way
  // when the server looks how much has come.
  constexpr int kRequests = 500;
  for (int i = 0; i < kRequests; ++i) {
    requests += make_frame(R"({"KV_SET":{"tkn":")" + token + R"(","keys":{"k":1}}})");
  }
  client.send(requests);
  server.send_signal(GetParam());
  for (int i = 0; i < kRequests; ++i) {
    ASSERT_EQ(client.read_text(), R"({"KV_SET_RSP":{"tkn":")" + token + R"(","keys":{"k":)" +
                                      (i == 0 ? "20" : "21") + "}}}");
  }
  EXPECT_EQ(client.read_close(), 1001U);
  client.finish_sending();  // the server does not wait for a client that has finished
  EXPECT_EQ(server.wait().status, 0);
}

TEST_P(Stop, is_clean_where_the_logs_reader_has_closed_it) {
  ServerProcess server({"--log-level", "debug"});
  WebSocketClient client(server.port());
  EXPECT_EQ(client.ask(kRequest), kAnswer);
  server.stop_reading_log();
  server.send_signal(GetParam());
  EXPECT_EQ(client.read_close(), 1001U);
  client.finish_sending();
  EXPECT_EQ(server.wait().status, 0);
}

TEST_P(Stop, is_not_delayed_by_a_client_that_sends_without_end) {
  ServerProcess server({"--threads", "1"});
  SocketClient client(server.port());
  client.send(std::string(kUpgrade) + "\r\n");
  EXPECT_EQ(read_http(client).status, 101);
  std::thread flood([&client] {
    std::string pongs;
    for (int i = 0; i < 10'000; ++i) pongs += make_frame("", {.opcode = 10});
    while (client.send(pongs)) {
    }
  });
  WebSocketClient witness(server.port());
  EXPECT_EQ(witness.ask(kRequest), kAnswer);
  server.send_signal(GetParam());
  EXPECT_EQ(server.wait().status, 0);
  flood.join();
}

TEST_P(Stop, answers_every_client_in_the_backlog) {
  constexpr int kClients = 300;
  ServerProcess server;
  std::vector<std::unique_ptr<SocketClient>> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<SocketClient>(server.port()));
    clients.back()->send(http_post(kRequest));
  }
  server.send_signal(GetParam());
  for (const auto& client : clients) {
    EXPECT_EQ(read_http(*client).body, kAnswer);
    client->finish_sending();
  }
  EXPECT_EQ(server.wait().status, 0);
}

TEST_P(Stop, is_clean_where_the_logs_reader_does_not_read) {
  ServerProcess server({"--log-level", "debug"});  // of which nobody reads standard error
  for (int i = 0; i < 1'000; ++i) {
    SocketClient client(server.port());
    client.send(http_post(kRequest));
    EXPECT_EQ(read_http(client).body, kAnswer);
  }
  server.send_signal(GetParam());
  EXPECT_EQ(server.wait().status, 0);
}

TEST(Hangup, is_logged_and_ends_nothing) {
  ServerProcess server;
  WebSocketClient client(server.port());
  for (int i = 0; i < 100; ++i) server.send_signal(SIGHUP);
  EXPECT_EQ(client.ask(kRequest), kAnswer);
  server.send_signal(SIGHUP);
  server.send_signal(SIGTERM);
  EXPECT_EQ(client.read_close(), 1001U);
  const Outcome outcome = server.wait();
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("ignored SIGHUP"), std::string::npos) << outcome.err;
}

TEST(StopTwice, does_no_harm) {
  ServerProcess server;
  server.send_signal(SIGTERM);
  server.send_signal(SIGTERM);
  server.send_signal(SIGINT);
  EXPECT_EQ(server.wait().status, 0);
}

}  // namespace seshdb::testing
