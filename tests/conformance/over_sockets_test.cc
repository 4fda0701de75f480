// The conformance cases against a whole server with two cores, over a WebSocket and over HTTP.
#include <gtest/gtest.h>

#include "support/cases_on_target.h"
#include "support/socket_target.h"
#include "support/temporary_directory.h"

namespace seshdb::testing {

TEST(ConformanceOverWebSocket, every_case_gives_the_answers_of_the_contract) {
  ManualClock clock;
  TestServer server(clock, 2);
  WebSocketTarget target(server.port(), clock);
  run_all_cases(target);
}

// The same with a log: the answers do not depend on when it writes and syncs.
TEST(ConformanceWithData, every_case_gives_the_answers_of_the_contract) {
  for (const auto sync : {engine::SyncLevel::kAlways, engine::SyncLevel::kInterval}) {
    const TemporaryDirectory folder;
    ManualClock clock;
    server::Config config;
    config.data = folder.path() + "/data";
    config.log.sync = sync;
    config.log.segment_bytes = 100'000;
    config.log.checkpoint_bytes = 100'000;
    TestServer server(clock, 2, config);
    WebSocketTarget target(server.port(), clock, true);
    run_all_cases(target);
  }
}

TEST(ConformanceOverHttp, every_case_gives_the_answers_of_the_contract) {
  ManualClock clock;
  TestServer server(clock, 2);
  HttpTarget target(server.port(), clock);
  run_all_cases(target);
}

TEST(ConformanceOverHttp, a_body_that_is_not_utf8_is_refused_as_json) {
  const SystemClock clock;
  const TestServer server(clock, 1);
  SocketClient client(server.port());
  client.send(http_post("{\"SH_NEW\":{\"name\":\"\xFF\"}}"));
  const HttpAnswer answer = read_http(client);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.rfind(R"({"ERR":{"st":3,)", 0), 0U) << answer.body;
}

}  // namespace seshdb::testing
