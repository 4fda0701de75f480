// Ten thousand connections at once, with default settings.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "support/server_process.h"
#include "support/socket_client.h"

namespace seshdb::testing {

TEST(ManyConnections, ten_thousand_are_open_at_once_and_all_are_answered) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = limit.rlim_max;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  // Both programs have a descriptor for each connection, and some others.
  constexpr rlim_t kOwn = 100;
  ASSERT_GT(limit.rlim_max, 2 * kOwn) << "see ulimit -Hn";
  const std::size_t wanted = std::min<rlim_t>(10'000 / SESHDB_TEST_SHARE, limit.rlim_max - kOwn);
  const ServerProcess server({"--threads", "2"});
  std::vector<std::unique_ptr<WebSocketClient>> clients;
  for (std::size_t i = 0; i < wanted; ++i) {
    clients.push_back(std::make_unique<WebSocketClient>(server.port()));
  }
  for (auto& client : clients) {
    ASSERT_TRUE(client->send_text(R"({"SH_EXISTS":{"tkns":[]}})"));
  }
  for (auto& client : clients) {
    ASSERT_EQ(client->read_text(), R"({"SH_EXISTS_RSP":{"st":1,"exist":[]}})");
  }
}

}  // namespace seshdb::testing
