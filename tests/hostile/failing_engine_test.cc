// An engine that is slow, meets conflicts, refuses commits and fetches, and loses commits, with
// clients on many cores. Answers are correct, and in the order of the requests.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/socket_target.h"

namespace seshdb::testing {

namespace {

constexpr int kRequests = 60;

// Asks until the answer is not a refusal, on as many connections as that needs.
std::string ask_until_done(std::uint16_t port, const std::string& text) {
  for (int tries = 0; tries < 1'000; ++tries) {
    try {
      WebSocketClient client(port);
      std::string answer = client.ask(text);
      if (answer.find("\"st\":209") == std::string::npos) return answer;
    } catch (const std::runtime_error&) {  // the connection has ended: its commit was lost
    }
  }
  throw std::runtime_error("no answer to " + text);
}

struct Told {
  std::vector<int> done;
  std::vector<int> refused;
  int last = -1;  // no client has an answer to a later one
};

// Records an answer to an appended number; false where the frame is not an answer.
bool note(const std::optional<Frame>& frame, Told& told) {
  if (!frame || frame->opcode != 1) return false;
  const Json answer = *parse_json(frame->payload);
  const Json& content = answer.members.at(0).second;
  const int number = std::stoi(content.find("rid")->text);
  EXPECT_EQ(number, told.last + 1) << frame->payload;
  told.last = number;
  const Json* const status = content.find("st");
  if (status == nullptr) {
    EXPECT_EQ(to_text(*content.find("keys")), R"({"log":1})");
    told.done.push_back(number);
  } else {
    EXPECT_EQ(status->text, "209");
    told.refused.push_back(number);
  }
  return true;
}

// Appends the numbers from 0 on to a list, three per send, until the connection ends.
Told append_numbers(std::uint16_t port, const std::string& token) {
  constexpr int kTogether = 3;
  WebSocketClient client(port);
  Told told;
  for (int i = 0; i < kRequests; i += kTogether) {
    std::string piece;
    for (int j = i; j < i + kTogether; ++j) {
      const std::string number = std::to_string(j);
      piece += make_frame(R"({"KV_APPEND":{"tkn":")" + token + R"(","keys":{"log":)" + number +
                          R"(},"rid":)" + number + "}}");
    }
    client.send(piece);
    for (int j = 0; j < kTogether; ++j) {
      if (!note(client.read_frame(), told)) return told;
    }
  }
  return told;
}

void expect_truth(const Told& told, const std::string& got) {
  const Json answer = *parse_json(got);
  std::vector<int> kept;
  for (const Json& item : answer.members.at(0).second.find("keys")->find("log")->items) {
    kept.push_back(std::stoi(item.text));
  }
  EXPECT_TRUE(std::is_sorted(kept.begin(), kept.end())) << got;
  EXPECT_EQ(std::adjacent_find(kept.begin(), kept.end()), kept.end()) << "done twice: " << got;
  const auto is_unknown = [&told](int number) { return number > told.last; };
  std::erase_if(kept, is_unknown);
  EXPECT_EQ(kept, told.done);
}

}  // namespace

TEST(FailingEngine, every_answer_is_correct_and_in_order) {
  const SystemClock clock;
  TestServer server(clock, 3, {},
                    remote_engines(clock, {.conflicts = 3, .refused = 8, .lost = 15}));
  std::vector<std::thread> clients;
  std::vector<Told> all(24);
  for (Told& told : all) {
    clients.emplace_back([&server, &told] {
      const std::string made = ask_until_done(server.port(), R"({"SH_NEW":{"name":"a"}})");
      const std::string head = R"(":{"tkn":")" + token_of(made) + '"';
      (void)ask_until_done(server.port(), R"({"KV_SET)" + head + R"(,"keys":{"log":[]}}})");
      told = append_numbers(server.port(), token_of(made));
      expect_truth(told,
                   ask_until_done(server.port(), R"({"KV_GET)" + head + R"(,"keys":["log"]}})"));
    });
  }
  for (std::thread& client : clients) client.join();
  std::size_t done = 0;
  std::size_t refused = 0;
  std::size_t unknown = 0;
  for (const Told& told : all) {
    done += told.done.size();
    refused += told.refused.size();
    unknown += static_cast<std::size_t>(kRequests - 1 - told.last);
  }
  // All three happened.
  EXPECT_GT(done, 0U);
  EXPECT_GT(refused, 0U);
  EXPECT_GT(unknown, 0U);
}

TEST(FailingEngine, a_server_over_it_stops_in_time_and_answers_what_it_can) {
  const SystemClock clock;
  TestServer server(clock, 3, {},
                    remote_engines(clock, {.conflicts = 3, .refused = 12, .lost = 40}));
  std::vector<WebSocketClient> clients;
  for (int i = 0; i < 12; ++i) {
    clients.emplace_back(server.port());
    clients.back().send(make_frame(R"({"SH_NEW":{"name":"a"}})"));
    clients.back().send(make_frame(R"({"SH_EXISTS":{"tkns":[]}})"));
  }
  server.stop();
  for (WebSocketClient& client : clients) EXPECT_TRUE(client.read_to_end()) << "not left open";
}

}  // namespace seshdb::testing
