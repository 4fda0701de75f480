// The program's tools for a data directory: check, repair, backup.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "support/server_process.h"
#include "support/socket_client.h"
#include "support/temporary_directory.h"

namespace seshdb::testing {

namespace {

namespace fs = std::filesystem;

constexpr int kSessions = 60;

std::string ask(SocketClient& client, const std::string& request) {
  client.send(http_post(request));
  return read_http(client).body;
}

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t from = text.find(begin) + begin.size();
  return text.substr(from, text.find(end, from) - from);
}

std::vector<std::string> arguments_for(const std::string& path) {
  return {"--data",          path,    "--threads",          "2",
          "--segment-bytes", "20000", "--checkpoint-bytes", "20000"};
}

// Sessions with one key each, set often enough to fill several segments.
std::vector<std::string> fill(std::uint16_t port) {
  SocketClient client(port);
  std::vector<std::string> tokens;
  for (int i = 0; i < kSessions; ++i) {
    tokens.push_back(between(ask(client, R"({"SH_NEW":{"name":"potato"}})"), R"("tkn":")", "\""));
  }
  const std::string padding(300, 'p');
  for (int round = 0; round < 10; ++round) {
    for (const std::string& token : tokens) {
      (void)ask(client, R"({"KV_SET":{"tkn":")" + token + R"(","keys":{"k":[)" +
                            std::to_string(round) + ",\"" + padding + "\"]}}}");
    }
  }
  return tokens;
}

std::string counts_at(std::uint16_t port) {
  SocketClient client(port);
  return ask(client, R"({"SH_INFO_ALL":{}})");
}

std::string expected_counts() {
  return R"({"SH_INFO_ALL_RSP":{"totalSessions":)" + std::to_string(kSessions) +
         R"(,"totalKeys":)" + std::to_string(kSessions) + "}}";
}

// The newest file of the last core with this name's end: older ones may exist.
fs::path file_of(const std::string& path, const std::string& ending) {
  fs::path newest;
  for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
    const std::string name = entry.path().filename().string();
    if (name.size() > ending.size() && name.substr(name.size() - ending.size()) == ending &&
        entry.file_size() > 1'000) {
      newest = std::max(newest, entry.path());
    }
  }
  if (newest.empty()) throw std::runtime_error("no file ends in " + ending);
  return newest;
}

void flip_byte(const fs::path& path, std::uintmax_t at) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(at));
  const int byte = file.get();
  file.seekp(static_cast<std::streamoff>(at));
  file.put(static_cast<char>(byte ^ 1));
}

}  // namespace

TEST(DataTools, copy_a_directory_in_use_and_find_the_copy_whole) {
  const TemporaryDirectory folder;
  const std::string path = folder.path() + "/data";
  const std::string copy = folder.path() + "/copy";
  ServerProcess server(arguments_for(path));
  (void)fill(server.port());
  const Outcome made = run_program({"backup", path, copy});
  EXPECT_EQ(made.status, 0) << made.err;
  const Outcome in_use = run_program({"check", path});
  EXPECT_EQ(in_use.status, 1);
  EXPECT_NE(in_use.err.find("in use"), std::string::npos) << in_use.err;
  const Outcome checked = run_program({"check", copy});
  EXPECT_EQ(checked.status, 0) << checked.out << checked.err;
  EXPECT_NE(checked.out.find("is whole"), std::string::npos) << checked.out;
  ServerProcess restored(arguments_for(copy));
  EXPECT_EQ(counts_at(restored.port()), expected_counts());
  EXPECT_EQ(run_program({"backup", path, copy}).status, 1) << "the target exists";
}

TEST(DataTools, name_the_damage_and_keep_what_is_whole) {
  const TemporaryDirectory folder;
  const std::string path = folder.path() + "/data";
  {
    ServerProcess server(arguments_for(path));
    (void)fill(server.port());
    server.send_signal(SIGTERM);
    ASSERT_EQ(server.wait().status, 0);
  }
  EXPECT_EQ(run_program({"repair", path}).status, 0);
  EXPECT_EQ(run_program({"check", path}).status, 0) << "repairing what is whole changes nothing";
  const fs::path damaged = file_of(path, ".checkpoint");
  flip_byte(damaged, 500);
  const Outcome refused = run_program({"--data", path, "--threads", "2", "--port", "0"});
  EXPECT_EQ(refused.status, 1);
  for (const std::string& part :
       {damaged.filename().string(), std::string("byte 40"), std::string("seshdb repair")}) {
    EXPECT_NE(refused.err.find(part), std::string::npos) << refused.err;
  }
  const Outcome checked = run_program({"check", path});
  EXPECT_EQ(checked.status, 1);
  EXPECT_NE(checked.out.find(damaged.filename().string()), std::string::npos) << checked.out;
  // Files that an unfinished repair left.
  for (const char* const left : {"e2-c0-0000000001.log", "e2-c0-0000000001.log.new",
                                 "e2-c0-0000000009.log", "e2-c1-0000000001.checkpoint"}) {
    std::ofstream(path + "/" + left) << "left";
  }
  const Outcome repaired = run_program({"repair", path});
  EXPECT_EQ(repaired.status, 0) << repaired.out << repaired.err;
  const std::string kept = between(repaired.out, "the files as they were are in ", "\n");
  EXPECT_TRUE(fs::exists(kept + "/" + damaged.filename().string())) << repaired.out;
  EXPECT_FALSE(fs::exists(damaged));
  EXPECT_FALSE(fs::exists(kept + "/e2-c0-0000000009.log"));
  EXPECT_NE(repaired.out.find("lost: "), std::string::npos) << repaired.out;
  EXPECT_EQ(run_program({"check", path}).status, 0);
  ServerProcess server(arguments_for(path));
  const std::string counts = counts_at(server.port());
  EXPECT_NE(counts, expected_counts());
  EXPECT_EQ(counts.find(R"("totalSessions":0,)"), std::string::npos)
      << "the other core's sessions are whole: " << counts;
}

TEST(DataTools, name_a_flipped_bit_in_a_log_that_was_never_synced) {
  const TemporaryDirectory folder;
  const std::string path = folder.path() + "/data";
  const std::vector<std::string> arguments = {"--data", path, "--threads", "1", "--sync", "off"};
  {
    ServerProcess server(arguments);
    (void)fill(server.port());
    server.send_signal(SIGKILL);
    (void)server.wait();
  }
  const fs::path log = file_of(path, ".log");
  flip_byte(log, fs::file_size(log) / 2);
  std::vector<std::string> start = arguments;
  start.insert(start.end(), {"--port", "0"});
  const Outcome refused = run_program(start);
  EXPECT_EQ(refused.status, 1);
  const Outcome checked = run_program({"check", path});
  EXPECT_EQ(checked.status, 1);
  for (const std::string& said : {refused.err, checked.out}) {
    EXPECT_NE(said.find(log.filename().string() + ", byte "), std::string::npos) << said;
    EXPECT_NE(said.find("behind it is whole"), std::string::npos) << said;
  }
  EXPECT_EQ(run_program({"repair", path}).status, 0);
  ServerProcess server(arguments);
  EXPECT_EQ(counts_at(server.port()), expected_counts()) << "one of many changes of a key is lost";
}

TEST(DataTools, report_a_place_without_data) {
  const TemporaryDirectory folder;
  for (const char* const tool : {"check", "repair"}) {
    const Outcome none = run_program({tool, folder.path()});
    EXPECT_EQ(none.status, 1);
    EXPECT_NE(none.err.find("holds no data"), std::string::npos) << none.err;
    EXPECT_EQ(run_program({tool, folder.path() + "/nowhere"}).status, 1);
    EXPECT_EQ(run_program({tool}).status, 2);
  }
  EXPECT_EQ(run_program({"backup", folder.path(), folder.path() + "/copy"}).status, 1);
}

}  // namespace seshdb::testing
