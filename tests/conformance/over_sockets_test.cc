// The conformance cases against a whole server with two cores, over a WebSocket and over HTTP.
#include <gtest/gtest.h>

#include "support/cases_on_target.h"
#include "support/socket_target.h"

namespace seshdb::testing {

TEST(ConformanceOverWebSocket, every_case_gives_the_answers_of_the_contract) {
  ManualClock clock;
  TestServer server(clock, 2);
  WebSocketTarget target(server.port(), clock);
  run_all_cases(target);
}

TEST(ConformanceOverHttp, every_case_gives_the_answers_of_the_contract) {
  ManualClock clock;
  TestServer server(clock, 2);
  HttpTarget target(server.port(), clock);
  run_all_cases(target);
}

}  // namespace seshdb::testing
