// The server's figures for operators: GET /metrics over a real socket, and SV_INFO.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <thread>

#include "commands/table.h"
#include "support/json_tree.h"
#include "support/scrape.h"
#include "support/server_process.h"
#include "support/socket_client.h"

namespace seshdb::testing {

namespace {

constexpr int kTries = 100'000;
const std::string kFigures = "seshdb_command_duration_seconds";

HttpAnswer get_metrics(SocketClient& client) {
  client.send("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  return read_http(client);
}

Scrape scrape(std::uint16_t port) {
  SocketClient client(port);
  const HttpAnswer answer = get_metrics(client);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  return Scrape(answer.body);
}

double requests(const Scrape& read, const std::string& command) {
  return read.value("seshdb_requests_total{command=\"" + command + "\"}");
}

double errors(const Scrape& read, const std::string& command, Status status) {
  return read.value("seshdb_errors_total{command=\"" + command + "\",status=\"" +
                    std::to_string(static_cast<int>(status)) + "\",name=\"" +
                    std::string(status_name(status)) + "\"}");
}

// True for a series of a counter or a histogram.
bool only_grows(const std::string& series) {
  const std::string name = series.substr(0, series.find('{'));
  return name.ends_with("_total") || name.ends_with("_bucket") || name.ends_with("_sum") ||
         name.ends_with("_count");
}

Json info(WebSocketClient& client) {
  const std::optional<Json> answer = parse_json(client.ask(R"({"SV_INFO":{}})"));
  return answer ? answer->members.at(0).second : Json();
}

}  // namespace

TEST(Metrics, tell_of_each_core_and_of_the_process) {
  const ServerProcess server({"--threads", "2"});
  const Scrape read = scrape(server.port());
  EXPECT_EQ(read.count("seshdb_sessions"), 2U);
  EXPECT_EQ(read.sum("seshdb_connections"), 1);
  EXPECT_GT(read.sum("process_resident_memory_bytes"), 1'000'000);
  const auto now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch());
  EXPECT_NEAR(read.sum("process_start_time_seconds"), now.count(), 60);
}

TEST(Metrics, know_every_command_of_the_table_and_its_statuses) {
  const ServerProcess server({"--threads", "1"});
  const Scrape read = scrape(server.port());
  for (const commands::Command& command : commands::all_commands()) {
    const std::string name(command.name);
    EXPECT_EQ(requests(read, name), 0) << name;
    EXPECT_EQ(read.value(kFigures + "_count{command=\"" + name + "\"}"), 0) << name;
    for (const Status status : commands::statuses_of(command)) {
      EXPECT_EQ(errors(read, name, status), is_success(status) ? -1 : 0)
          << name << ' ' << static_cast<int>(status);
    }
    EXPECT_EQ(errors(read, name, Status::kCommandType), 0) << name;
  }
  EXPECT_EQ(requests(read, "none"), 0);
}

TEST(Metrics, count_requests_and_faults_of_all_cores) {
  constexpr int kSessions = 50;
  const ServerProcess server({"--threads", "3"});
  WebSocketClient client(server.port());
  for (int i = 0; i < kSessions; ++i) {
    const std::string tkn =
        "{\"tkn\":\"" + token_of(client.ask(R"({"SH_NEW":{"name":"a"}})")) + "\"";
    client.ask("{\"KV_SET\":" + tkn + R"(,"keys":{"k":1,"l":2}}})");
    client.ask("{\"KV_GET\":" + tkn + R"(,"keys":["k"]}})");
    client.ask("{\"KV_UPDATE\":" + tkn + R"(,"key":"k","/x":1}})");
    client.ask("{\"KV_ADD\":" + tkn + R"(,"keys":{"k":1}}})");
    client.send(make_frame("{\"KV_SETQ\":" + tkn + R"(,"keys":{"k":1}}})") +
                make_frame("{\"KV_GET\":" + tkn + R"(,"keys":1}})"));
    client.read_text();
  }
  client.ask(R"({"KV_GET":{"tkn":"1","keys":["k"]}})");
  client.ask(R"({"KV_GET":{}})");
  client.ask(R"({"KV_GET":[]})");
  client.ask(R"({"SH_INFO_ALL":{}})");
  client.ask(R"({"FOO":{}})");
  client.ask("no JSON");
  client.send(make_frame("x", {.opcode = 2}));
  client.read_text();
  const Scrape read = scrape(server.port());
  EXPECT_EQ(requests(read, "SH_NEW"), kSessions);
  EXPECT_EQ(requests(read, "KV_SET"), kSessions);
  EXPECT_EQ(requests(read, "KV_SETQ"), kSessions);
  EXPECT_EQ(requests(read, "KV_GET"), 2 * kSessions + 3);
  EXPECT_EQ(requests(read, "SH_INFO_ALL"), 1);
  EXPECT_EQ(requests(read, "SH_END"), 0);
  EXPECT_EQ(requests(read, "none"), 3);
  EXPECT_EQ(errors(read, "KV_GET", Status::kValueTypeInvalid), kSessions);
  EXPECT_EQ(errors(read, "KV_GET", Status::kSessionNotExist), 1);
  EXPECT_EQ(errors(read, "KV_GET", Status::kSessionTokenInvalid), 1);
  EXPECT_EQ(errors(read, "KV_GET", Status::kCommandType), 1);
  EXPECT_EQ(errors(read, "KV_UPDATE", Status::kPathNotExist), kSessions);
  EXPECT_EQ(errors(read, "KV_ADD", Status::kKeyExist), kSessions);
  EXPECT_EQ(errors(read, "none", Status::kCommandNotExist), 1);
  EXPECT_EQ(errors(read, "none", Status::kJsonInvalid), 1);
  EXPECT_EQ(errors(read, "none", Status::kPayLoadInvalid), 1);
  EXPECT_EQ(read.sum("seshdb_errors_total"), 3 * kSessions + 3 + 3);
  EXPECT_EQ(read.sum("seshdb_sessions"), kSessions);
  EXPECT_EQ(read.sum("seshdb_keys"), 2 * kSessions);
}

TEST(Metrics, time_some_requests_of_each_command) {
  constexpr int kRequests = 3'200;
  const auto begin = std::chrono::steady_clock::now();
  const ServerProcess server({"--threads", "1"});
  WebSocketClient client(server.port());
  const std::string token = token_of(client.ask(R"({"SH_NEW":{"name":"a"}})"));
  std::string all;
  for (int i = 0; i < kRequests; ++i) {
    all += make_frame(R"({"KV_COUNT":{"tkn":")" + token + R"("}})");
  }
  client.send(all);
  for (int i = 0; i < kRequests; ++i) client.read_text();
  client.ask(R"({"SH_INFO_ALL":{}})");
  client.ask(R"({"SV_INFO":{}})");
  const Scrape read = scrape(server.port());
  const double elapsed =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  for (const std::string name : {"SH_NEW", "SH_INFO_ALL", "SV_INFO", "KV_COUNT"}) {
    EXPECT_GT(read.value(kFigures + "_sum{command=\"" + name + "\"}"), 0) << name;
    EXPECT_LT(read.value(kFigures + "_sum{command=\"" + name + "\"}"), elapsed) << name;
  }
  EXPECT_EQ(read.value(kFigures + "_count{command=\"SH_NEW\"}"), 1);
  EXPECT_EQ(read.value(kFigures + "_count{command=\"SV_INFO\"}"), 1);
  EXPECT_NEAR(read.value(kFigures + "_count{command=\"KV_COUNT\"}"), kRequests / 16, 60);
  EXPECT_EQ(read.value(kFigures + "_count{command=\"SH_END\"}"), 0);
  EXPECT_GT(read.value("seshdb_turn_duration_seconds_count{core=\"0\"}"), 3);
  EXPECT_GT(read.value("seshdb_turn_duration_seconds_sum{core=\"0\"}"), 0);
  EXPECT_LT(read.value("seshdb_turn_duration_seconds_sum{core=\"0\"}"), elapsed);
}

TEST(Metrics, follow_connections_as_they_come_and_go) {
  const ServerProcess server({"--threads", "2", "--connections-max", "5"});
  {
    const WebSocketClient first(server.port());
    const WebSocketClient second(server.port());
    const Scrape read = scrape(server.port());
    EXPECT_EQ(read.sum("seshdb_connections"), 3);
    EXPECT_EQ(read.sum("seshdb_connections_accepted_total"), 3);
    EXPECT_EQ(read.sum("seshdb_connections_max"), 5);
    EXPECT_EQ(read.sum("seshdb_connections_refused_total"), 0);
  }
  SocketClient scraper(server.port());
  double connections = 0;
  for (int i = 0; i < kTries && connections != 1; ++i) {
    connections = Scrape(get_metrics(scraper).body).sum("seshdb_connections");
  }
  EXPECT_EQ(connections, 1);
  std::vector<SocketClient> many;
  for (int i = 0; i < 5; ++i) many.emplace_back(server.port());
  EXPECT_EQ(read_http(many.back()).status, 503);
  EXPECT_EQ(Scrape(get_metrics(scraper).body).sum("seshdb_connections_refused_total"), 1);
}

TEST(Metrics, tell_that_memory_is_full) {
  const ServerProcess server(
      {"--memory-max", "1048576", "--idle-ping-ms", "1000000", "--idle-close-ms", "1000001"});
  WebSocketClient client(server.port());
  double full = 0;
  for (int i = 0; i < kTries && full == 0; ++i)
    full = scrape(server.port()).sum("seshdb_memory_full");
  EXPECT_EQ(full, 1);
  client.ask(R"({"SH_NEW":{"name":"a"}})");
  EXPECT_EQ(errors(scrape(server.port()), "SH_NEW", Status::kMemoryFull), 1);
  EXPECT_EQ(to_text(*info(client).find("memory")->find("full")), "true");
}

TEST(Metrics, tell_of_the_log_and_its_syncs) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("seshdb-metrics-" + std::to_string(getpid()));
  {
    const ServerProcess server({"--threads", "2", "--data", folder.string(), "--sync", "always"});
    EXPECT_EQ(scrape(server.port()).sum("seshdb_last_sync_timestamp_seconds"), 0);
    WebSocketClient client(server.port());
    EXPECT_EQ(to_text(*info(client).find("engine")->find("lastSync")), "null");
    const std::string token = token_of(client.ask(R"({"SH_NEW":{"name":"a"}})"));
    client.ask(R"({"KV_SET":{"tkn":")" + token + R"(","keys":{"k":1}}})");
    // Both were answered, so both are on the disk; a core publishes that at the end of its turn.
    Scrape read = scrape(server.port());
    for (int i = 0; i < 1'000 &&
                    (read.sum("seshdb_syncs_total") < 2 || read.sum("seshdb_unsynced_bytes") != 0);
         ++i) {
      read = scrape(server.port());
    }
    EXPECT_EQ(
        read.value("seshdb_info{version=\"" SESHDB_VERSION "\",engine=\"log\",sync=\"always\"}"),
        1);
    EXPECT_GE(read.sum("seshdb_syncs_total"), 2);
    EXPECT_GT(read.sum("seshdb_sync_seconds_total"), 0);
    EXPECT_EQ(read.sum("seshdb_unsynced_bytes"), 0);
    EXPECT_GT(read.sum("seshdb_log_bytes"), 0);
    EXPECT_EQ(read.sum("seshdb_storage_state"), 0);
    const double start = read.sum("process_start_time_seconds");
    EXPECT_NEAR(read.sum("seshdb_last_sync_timestamp_seconds"), start, 60);
    const Json engine = *info(client).find("engine");
    EXPECT_EQ(engine.find("kind")->decoded(), "log");
    EXPECT_EQ(engine.find("sync")->decoded(), "always");
    EXPECT_EQ(engine.find("state")->decoded(), "good");
    EXPECT_NEAR(std::stod(engine.find("lastSync")->text), start, 60);
    EXPECT_GE(std::stod(engine.find("logBytes")->text), read.sum("seshdb_log_bytes"));
  }
  std::filesystem::remove_all(folder);
}

TEST(Metrics, count_checkpoints) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("seshdb-checkpoints-" + std::to_string(getpid()));
  {
    const ServerProcess server(
        {"--threads", "1", "--data", folder.string(), "--checkpoint-bytes", "1024"});
    WebSocketClient client(server.port());
    const std::string token = token_of(client.ask(R"({"SH_NEW":{"name":"a"}})"));
    const std::string set = R"({"KV_SET":{"tkn":")" + token + R"(","keys":{"k":")" +
                            std::string(2'000, 'x') + R"("}}})";
    Scrape read;
    for (int i = 0; i < kTries && read.sum("seshdb_checkpoints_total") <= 0; ++i) {
      client.ask(set);
      read = scrape(server.port());
    }
    EXPECT_GT(read.sum("seshdb_checkpoint_bytes"), 2'000);
    EXPECT_GE(std::stoi(info(client).find("engine")->find("checkpoints")->text), 1);
  }
  std::filesystem::remove_all(folder);
}

TEST(Metrics, only_grow_while_cores_work_and_others_read) {
  const ServerProcess server({"--threads", "3"});
  std::atomic<bool> stop = false;
  std::thread load([&server, &stop] {
    WebSocketClient client(server.port());
    const std::string first = token_of(client.ask(R"({"SH_NEW":{"name":"a"}})"));
    while (!stop) {
      const std::string token = token_of(client.ask(R"({"SH_NEW":{"name":"a"}})"));
      client.ask(R"({"KV_SET":{"tkn":")" + token + R"(","keys":{"k":1}}})");
      client.ask(R"({"SV_INFO":{}})");
      client.ask(R"({"SH_END":{"tkn":")" + token + R"("}})");
    }
  });
  std::map<std::string, double> before;
  for (int i = 0; i < 30; ++i) {
    const Scrape read = scrape(server.port());
    for (const auto& [series, value] : read.series()) {
      if (!only_grows(series)) continue;
      EXPECT_GE(value, before[series]) << series;
      before[series] = value;
    }
  }
  stop = true;
  load.join();
  EXPECT_GT(before["seshdb_requests_total{command=\"SV_INFO\"}"], 0);
}

TEST(ServerInfo, tells_figures_and_the_settings_in_force) {
  const ServerProcess server({"--threads", "2", "--memory-max", "3000000000", "--connections-max",
                              "77", "--message-bytes-max", "5000", "--unsent-bytes-max", "60000",
                              "--depth-max", "99"});
  WebSocketClient other(server.port());
  WebSocketClient client(server.port());
  const std::string token = token_of(other.ask(R"({"SH_NEW":{"name":"a"}})"));
  other.ask(R"({"KV_SET":{"tkn":")" + token + R"(","keys":{"k":1,"l":2}}})");
  const Json told = info(client);
  EXPECT_EQ(told.find("version")->decoded(), SESHDB_VERSION);
  EXPECT_LT(std::stoi(told.find("uptime")->text), 60);
  EXPECT_EQ(to_text(*told.find("cores")), "2");
  EXPECT_EQ(to_text(*told.find("sessions")), "1");
  EXPECT_EQ(to_text(*told.find("keys")), "2");
  EXPECT_EQ(to_text(*told.find("connections")), "2");
  EXPECT_GT(std::stoll(told.find("memory")->find("bytes")->text), 1'000'000);
  EXPECT_EQ(to_text(*told.find("memory")->find("full")), "false");
  EXPECT_EQ(to_text(*told.find("engine")),
            R"({"kind":"memory","sync":"none","state":"good","lastSync":null,"unsyncedBytes":0,)"
            R"("logBytes":0,"checkpointBytes":0,"checkpoints":0})");
  EXPECT_EQ(to_text(*told.find("limits")),
            R"({"memoryBytes":3000000000,"connections":77,"messageBytes":5000,)"
            R"("unsentBytes":60000,"depth":99})");
}

}  // namespace seshdb::testing
