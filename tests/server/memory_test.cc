// A server whose memory is full logs that, refuses to store more and does all else. Answers that
// clients do not read take bounded memory.
#include <gtest/gtest.h>

#include <sys/resource.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "support/server_process.h"
#include "support/socket_client.h"
#include "support/temporary_directory.h"

namespace seshdb::testing {

namespace {

bool has_status(const std::string& answer, const std::string& status) {
  return answer.find("\"st\":" + status + ',') != std::string::npos;
}

// A client that keeps a server's memory full. Memory that the server frees after a refusal may be
// enough for a little more.
class Filler {
 public:
  Filler(WebSocketClient& client, const std::string& tkn) : client_(client), tkn_(tkn) {}

  // Stores until a refusal, and returns that answer.
  std::string fill() {
    std::string answer;
    for (const int most = stored_ + 1'000; stored_ < most && !has_status(answer, "200");
         ++stored_) {
      answer = client_.ask("{\"KV_SET\":" + tkn_ + "\"keys\":{\"k" + std::to_string(stored_) +
                           "\":\"" + std::string(1'000'000, 'x') + "\"}}}");
    }
    return answer;
  }

  // True where the request is refused. One that succeeds is repeated after storing more.
  bool is_refused(const std::string& request) {
    for (int i = 0; i < 100; ++i) {
      // A quiet command that succeeds has no answer; then the first answer is that of the next.
      client_.send_text(request);
      const std::string answer = client_.ask(contains());
      if (answer.find("KV_CONTAINS_RSP") == std::string::npos) client_.read_text();
      if (has_status(answer, "200")) return true;
      fill();
    }
    return false;
  }

  std::string contains() const { return "{\"KV_CONTAINS\":" + tkn_ + R"("keys":["k0"]}})"; }
  int stored() const { return stored_; }

 private:
  WebSocketClient& client_;
  std::string tkn_;
  int stored_ = 0;
};

}  // namespace

TEST(Memory, commands_that_need_more_are_refused_and_the_rest_goes_on) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "what is resident is mostly the sanitizer's";
#endif
  constexpr std::uint64_t kMemoryMax = 192'000'000;
  // The timeouts differ by 1 ms, so that the server checks them and its memory all the time.
  ServerProcess server({"--memory-max", std::to_string(kMemoryMax), "--idle-ping-ms", "1000000",
                        "--idle-close-ms", "1000001"});
  WebSocketClient client(server.port());
  const std::string token = token_of(client.ask(R"({"SH_NEW":{"name":"a"}})"));
  const std::string other = token_of(client.ask(R"({"SH_NEW":{"name":"a"}})"));
  const std::string tkn = "{\"tkn\":\"" + token + "\",";
  Filler filler(client, tkn);
  EXPECT_EQ(filler.fill(),
            R"({"KV_SET_RSP":{"st":200,"tkn":")" + token + R"(","m":"see --memory-max"}})");
  EXPECT_GT(filler.stored(), 10);
  for (const std::string& request :
       {std::string(R"({"SH_NEW":{"name":"b"}})"), "{\"KV_SETQ\":" + tkn + R"("keys":{"n":1}}})",
        "{\"KV_ADD\":" + tkn + R"("keys":{"n":1}}})", "{\"KV_ADDQ\":" + tkn + R"("keys":{"n":1}}})",
        "{\"KV_CLEAR_SET\":{\"tkn\":\"" + other + R"(","keys":{"n":1}}})",
        "{\"KV_APPEND\":" + tkn + R"("keys":{"k0":"y"}}})",
        "{\"KV_UPDATE\":" + tkn + R"("key":"k0","":1}})"}) {
    EXPECT_TRUE(filler.is_refused(request)) << request;
  }
  EXPECT_TRUE(has_status(client.ask(filler.contains()), "1"));
  EXPECT_TRUE(has_status(client.ask("{\"SH_END\":{\"tkn\":\"" + token + "\"}}"), "1"));
  std::string answer;
  for (int i = 0; i < 100'000; ++i) {  // until it has checked again
    answer = client.ask(R"({"SH_NEW":{"name":"b"}})");
    if (has_status(answer, "1")) break;
  }
  EXPECT_TRUE(has_status(answer, "1")) << answer;
  server.send_signal(SIGTERM);
  client.finish_sending();
  const Outcome outcome = server.wait();
  EXPECT_NE(outcome.err.find("memory is full"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("there is memory again"), std::string::npos) << outcome.err;
}

TEST(Memory, of_answers_that_nobody_reads_is_bounded) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "what is resident is mostly the sanitizer's";
#endif
  constexpr std::size_t kRequests = 1500;  // 150 MB of answers, of which 16 MiB may be unsent
  constexpr std::uint64_t kGrowthMost = 48'000'000;
  // Allocators keep some memory that one core allocated and another freed, mimalloc 3 more than 2.
  constexpr std::uint64_t kGrowthWhileReadMost = 96'000'000;
  const std::string value(100'000, 'x');
  const TemporaryDirectory folder;
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"--threads", "1"},
           {"--threads", "2"},
           {"--threads", "4"},
           {"--threads", "4", "--sync", "always", "--data", folder.path() + "/data"}}) {
    const ServerProcess server(arguments);
    WebSocketClient witness(server.port());
    std::vector<std::string> gets;
    for (int i = 0; i < 8; ++i) {  // of all cores
      const std::string token = token_of(witness.ask(R"({"SH_NEW":{"name":"a"}})"));
      witness.ask("{\"KV_SET\":{\"tkn\":\"" + token + "\",\"keys\":{\"k\":\"" + value + "\"}}}");
      gets.push_back("{\"KV_GET\":{\"tkn\":\"" + token + R"(","keys":["k"]}})");
    }
    WebSocketClient deaf(server.port());
    const std::uint64_t before = server.peak_resident_bytes();
    std::string requests;
    for (std::size_t i = 0; i < kRequests; ++i) requests += make_frame(gets[i % gets.size()]);
    ASSERT_TRUE(deaf.send(requests));
    // Until it stops answering.
    std::string handled;
    for (int same = 0; same < 100;) {
      SocketClient http(server.port());
      http.send("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
      const std::string metrics = read_http(http).body;
      const std::size_t line = metrics.find("seshdb_requests_total{command=\"KV_GET\"");
      ASSERT_NE(line, std::string::npos) << metrics;
      const std::string now = metrics.substr(line, metrics.find('\n', line) - line);
      same = now == std::exchange(handled, now) ? same + 1 : 0;
    }
    EXPECT_LT(server.peak_resident_bytes() - before, kGrowthMost) << arguments.at(1);
    // Nothing is dropped.
    for (std::size_t i = 0; i < kRequests; ++i) {
      ASSERT_GT(deaf.read_text().size(), value.size()) << i;
    }
    EXPECT_LT(server.peak_resident_bytes() - before, kGrowthWhileReadMost) << arguments.at(1);
  }
}

}  // namespace seshdb::testing
