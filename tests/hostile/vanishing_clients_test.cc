// Clients that leave in every way, that are slow or silent, or do not read. The server goes on and
// keeps nothing of them.
#include <dirent.h>
#include <gtest/gtest.h>

#include <thread>

#include "support/random.h"
#include "support/socket_target.h"

namespace seshdb::testing {

namespace {

constexpr std::string_view kRequest = R"({"SH_EXISTS":{"tkns":[]}})";
constexpr std::string_view kAnswer = R"({"SH_EXISTS_RSP":{"st":1,"exist":[]}})";

std::size_t open_descriptors() {
  std::size_t count = 0;
  DIR* const folder = opendir("/proc/self/fd");
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  return count;
}

// A hundred requests for sessions of every core, in one text.
std::string hundred_requests(Dice& dice) {
  std::string all;
  for (int i = 0; i < 100; ++i) {
    const std::string token = std::to_string(dice.next());
    all += make_frame(R"({"KV_GET":{"tkn":")" + token + R"(","keys":["a"]}})");
  }
  return all;
}

}  // namespace

TEST(VanishingClients, leave_nothing_behind_however_they_go) {
  const SystemClock clock;
  TestServer server(clock, 3);
  WebSocketClient witness(server.port());
  const std::size_t before = open_descriptors();
  Dice dice(51);
  for (int i = 0; i < 300; ++i) {
    WebSocketClient client(server.port());
    client.send(hundred_requests(dice));
    switch (i % 3) {
      case 0:
        client.reset();
        break;
      case 1:
        client.finish_sending();
        break;
      default:
        client.send(make_frame("", {.opcode = 8}));
    }
    if (i % 2 == 0) {
      EXPECT_EQ(witness.ask(kRequest), kAnswer);
    }
  }
  // Both ends of every connection are in this process; the server's may not be closed yet.
  for (int i = 0; i < 100'000 && open_descriptors() > before; ++i) {
    EXPECT_EQ(witness.ask(kRequest), kAnswer);
  }
  EXPECT_EQ(open_descriptors(), before);
}

TEST(VanishingClients, that_finish_sending_get_all_answers_before_the_end) {
  const SystemClock clock;
  TestServer server(clock, 3);
  Dice dice(52);
  WebSocketClient client(server.port());
  client.send(hundred_requests(dice));
  client.finish_sending();
  for (int i = 0; i < 100; ++i) {
    EXPECT_NE(client.read_text().find("\"st\":100"), std::string::npos);
  }
  EXPECT_TRUE(client.read_to_end());
}

TEST(SlowClients, that_do_not_read_get_every_answer_in_order_in_the_end) {
  const SystemClock clock;
  for (const std::uint32_t threads : {1U, 3U}) {
    TestServer server(clock, threads);
    WebSocketClient client(server.port());
    // 600 answers of 100 KB are more than any socket buffer and the server's own bound hold.
    const std::string document = '"' + std::string(100'000, 'd') + '"';
    std::vector<std::string> tokens;
    for (int i = 0; i < 4; ++i) {
      const std::string made = client.ask(R"({"SH_NEW":{"name":"a"}})");
      tokens.push_back(parse_json(made)->members.at(0).second.find("tkn")->text);
      client.ask(R"({"KV_SET":{"tkn":")" + tokens.back() + R"(","keys":{"k":)" + document + "}}}");
    }
    std::string all;
    for (int i = 0; i < 600; ++i) {
      all += make_frame(R"({"KV_GET":{"tkn":")" + tokens[static_cast<std::size_t>(i) % 4] +
                        R"(","keys":["k"],"rid":)" + std::to_string(i) + "}}");
    }
    // The server may stop reading before all is sent, so another thread sends.
    std::thread sender([&] { client.send(all); });
    // Meanwhile another client is served.
    WebSocketClient other(server.port());
    for (int i = 0; i < 100; ++i) EXPECT_EQ(other.ask(kRequest), kAnswer);
    for (int i = 0; i < 600; ++i) {
      const std::string answer = client.read_text();
      ASSERT_EQ(answer.rfind("{\"KV_GET_RSP\":{\"rid\":" + std::to_string(i) + ',', 0), 0U)
          << answer.substr(0, 60);
      ASSERT_GT(answer.size(), 100'000U);
    }
    sender.join();
  }
}

TEST(SlowClients, that_send_half_a_request_are_told_so_in_time) {
  ManualClock clock;
  server::Config config;
  config.handshake_timeout_ms = 5'000;
  TestServer server(clock, 1, config);
  SocketClient silent(server.port());
  SocketClient slow(server.port());
  slow.send(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
      "Content-Length: 25\r\n\r\n{\"SH_");
  WebSocketClient witness(server.port());
  EXPECT_EQ(witness.ask(kRequest), kAnswer);
  clock.advance_ms(4'000);
  EXPECT_EQ(witness.ask(kRequest), kAnswer);
  clock.advance_ms(2'000);
  EXPECT_EQ(read_http(slow).status, 408);
  EXPECT_TRUE(slow.read_to_end());
  EXPECT_EQ(read_http(silent).status, 408);
  EXPECT_EQ(witness.ask(kRequest), kAnswer);
}

TEST(SilentClients, are_pinged_and_then_disconnected) {
  ManualClock clock;
  server::Config config;
  config.idle_ping_ms = 10'000;
  config.idle_close_ms = 20'000;
  TestServer server(clock, 1, config);
  WebSocketClient gone(server.port());
  WebSocketClient alive(server.port());
  EXPECT_EQ(gone.ask(kRequest), kAnswer);
  EXPECT_EQ(alive.ask(kRequest), kAnswer);
  clock.advance_ms(11'000);
  for (WebSocketClient* const client : {&gone, &alive}) {
    const auto ping = client->read_frame();
    ASSERT_TRUE(ping);
    EXPECT_EQ(ping->opcode, 9U);
  }
  alive.send(make_frame("", {.opcode = 10}) + make_frame(kRequest));
  EXPECT_EQ(alive.read_text(), kAnswer);
  clock.advance_ms(10'000);
  EXPECT_EQ(gone.read_close(), 1001U);
  EXPECT_TRUE(gone.read_to_end());
  EXPECT_EQ(alive.read_frame()->opcode, 9U);  // its time starts with the last bytes it sent
  EXPECT_EQ(alive.ask(kRequest), kAnswer);
}

TEST(SilentClients, over_http_keep_their_connection_for_a_while) {
  ManualClock clock;
  server::Config config;
  config.handshake_timeout_ms = 5'000;
  config.idle_ping_ms = 10'000;
  config.idle_close_ms = 20'000;
  TestServer server(clock, 1, config);
  SocketClient client(server.port());
  client.send(http_post(kRequest));
  EXPECT_EQ(read_http(client).body, kAnswer);
  clock.advance_ms(15'000);
  client.send(http_post(kRequest));
  EXPECT_EQ(read_http(client).body, kAnswer);
  clock.advance_ms(21'000);
  EXPECT_EQ(client.read_to_end(), "");
}

TEST(ManyClients, beyond_the_limit_are_refused_with_an_answer) {
  if (tls_of_environment()) GTEST_SKIP() << "a TLS port refuses without an answer";
  const SystemClock clock;
  server::Config config;
  config.connections_max = 2;
  TestServer server(clock, 2, config);
  WebSocketClient first(server.port());
  {
    WebSocketClient second(server.port());
    SocketClient third(server.port());
    EXPECT_EQ(read_http(third).status, 503);
    EXPECT_EQ(second.ask(kRequest), kAnswer);
    second.send(make_frame("", {.opcode = 8}));
    EXPECT_TRUE(second.read_to_end());
  }
  EXPECT_EQ(first.ask(kRequest), kAnswer);
}

TEST(ManyClients, of_one_session_on_many_cores_lose_no_update) {
  const SystemClock clock;
  TestServer server(clock, 3);
  WebSocketClient first(server.port());
  const std::string made = first.ask(R"({"SH_NEW":{"name":"a"}})");
  const std::string token = parse_json(made)->members.at(0).second.find("tkn")->text;
  first.ask(R"({"KV_SET":{"tkn":")" + token + R"(","keys":{"log":[]}}})");
  constexpr int kClients = 6;
  constexpr int kChanges = 500;
  std::vector<std::thread> threads;
  for (int i = 0; i < kClients; ++i) {
    threads.emplace_back([&server, &token, i] {
      WebSocketClient client(server.port());
      for (int n = 0; n < kChanges; ++n) {
        client.send_text(R"({"KV_APPEND":{"tkn":")" + token + R"(","keys":{"log":)" +
                         std::to_string(i * kChanges + n) + "}}}");
      }
      for (int n = 0; n < kChanges; ++n) (void)client.read_text();
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string log = first.ask(R"({"KV_GET":{"tkn":")" + token + R"(","keys":["log"]}})");
  const Json answer = *parse_json(log);
  const Json* const items = answer.members[0].second.find("keys")->find("log");
  ASSERT_EQ(items->items.size(), static_cast<std::size_t>(kClients * kChanges));
  // Each client's changes are in the order in which it made them.
  std::vector<int> next(kClients, 0);
  for (const Json& item : items->items) {
    const int number = std::stoi(item.text);
    EXPECT_EQ(number % kChanges, next[static_cast<std::size_t>(number / kChanges)]++);
  }
}

}  // namespace seshdb::testing
