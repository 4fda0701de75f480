// A server whose memory is full: it says so, stores nothing more, and does all else.
#include <gtest/gtest.h>

#include <sys/resource.h>

#include <string>

#include "support/server_process.h"
#include "support/socket_client.h"

namespace seshdb::testing {

namespace {

bool has_status(const std::string& answer, const std::string& status) {
  return answer.find("\"st\":" + status + ',') != std::string::npos;
}

}  // namespace

TEST(Memory, what_would_take_more_is_refused_and_the_rest_goes_on) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "what is resident is mostly the sanitizer's";
#endif
  constexpr std::uint64_t kMemoryMax = 192'000'000;
  // The two time-outs stand so close that the server looks at both, and its memory, all the time.
  ServerProcess server({"--memory-max", std::to_string(kMemoryMax), "--idle-ping-ms", "1000000",
                        "--idle-close-ms", "1000001"});
  WebSocketClient client(server.port());
  const std::string token = token_of(client.ask(R"({"SH_NEW":{"name":"a"}})"));
  const std::string tkn = "{\"tkn\":\"" + token + "\",";
  std::string answer;
  int stored = 0;
  for (; stored < 1'000 && !has_status(answer, "200"); ++stored) {
    answer = client.ask("{\"KV_SET\":" + tkn + "\"keys\":{\"k" + std::to_string(stored) + "\":\"" +
                        std::string(1'000'000, 'x') + "\"}}}");
  }
  EXPECT_EQ(answer, R"({"KV_SET_RSP":{"st":200,"tkn":")" + token + R"(","m":"see --memory-max"}})");
  EXPECT_GT(stored, 10);
  for (const std::string& request :
       {std::string(R"({"SH_NEW":{"name":"b"}})"), "{\"KV_SETQ\":" + tkn + R"("keys":{"n":1}}})",
        "{\"KV_ADD\":" + tkn + R"("keys":{"n":1}}})", "{\"KV_ADDQ\":" + tkn + R"("keys":{"n":1}}})",
        "{\"KV_CLEAR_SET\":" + tkn + R"("keys":{"n":1}}})",
        "{\"KV_APPEND\":" + tkn + R"("keys":{"k0":"y"}}})",
        "{\"KV_UPDATE\":" + tkn + R"("key":"k0","":1}})"}) {
    EXPECT_TRUE(has_status(client.ask(request), "200")) << request;
  }
  EXPECT_TRUE(has_status(client.ask("{\"KV_CONTAINS\":" + tkn + R"("keys":["k0"]}})"), "1"));
  EXPECT_TRUE(has_status(client.ask("{\"SH_END\":{\"tkn\":\"" + token + "\"}}"), "1"));
  for (int i = 0; i < 100'000; ++i) {  // until it has looked again
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

}  // namespace seshdb::testing
