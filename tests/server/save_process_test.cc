// Named saves of the program: its options, a kill in the middle, a full disk, and other programs
// that read the files.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "support/save_support.h"
#include "support/server_process.h"
#include "support/socket_client.h"
#include "support/temporary_directory.h"

namespace seshdb::testing {

namespace {

namespace fs = std::filesystem;

constexpr const char* kSave = R"({"SH_SAVE":{"name":"a"}})";
constexpr const char* kLoad = R"({"SH_LOAD":{"name":"a"}})";

bool begins(const std::string& text, const std::string& with) { return text.rfind(with, 0) == 0; }

std::string counts(WebSocketClient& client) { return client.ask(R"({"SH_INFO_ALL":{}})"); }

std::string counted(int sessions, int keys) {
  return R"({"SH_INFO_ALL_RSP":{"totalSessions":)" + std::to_string(sessions) +
         ",\"totalKeys\":" + std::to_string(keys) + "}}";
}

std::string make(WebSocketClient& client, const std::string& value) {
  const std::string token = token_of(client.ask(R"({"SH_NEW":{"name":"a"}})"));
  client.ask(R"({"KV_SET":{"tkn":")" + token + R"(","keys":{"k":)" + value + "}}}");
  return token;
}

// Text that does not compress.
std::string noise(std::size_t bytes, std::uint64_t seed) {
  std::string text = "\"";
  std::uint64_t state = 88172645463325252U + seed;
  while (text.size() < bytes) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    text += static_cast<char>('#' + state % 57);
  }
  return text + '"';
}

int folders_in(const std::string& path) {
  const auto there = fs::directory_iterator(path);
  return static_cast<int>(std::distance(begin(there), end(there)));
}

void stop(ServerProcess& server, WebSocketClient& client) {
  client.finish_sending();
  server.send_signal(SIGTERM);
  EXPECT_EQ(server.wait().status, 0);
}

}  // namespace

class KilledSave : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(AtEveryStep, KilledSave,
                         ::testing::Values("save-append:1", "save-append:2", "save-rename:1"));

TEST_P(KilledSave, leaves_nothing_that_loads_and_the_next_save_removes_the_rest) {
  const TemporaryDirectory directory;
  const std::vector<std::string> arguments = {"--threads", "2", "--savePath", directory.path()};
  {
    std::vector<std::string> crashing = arguments;
    crashing.insert(crashing.end(), {"--crash-at", GetParam()});
    ServerProcess server(crashing);
    WebSocketClient client(server.port());
    for (std::uint64_t i = 0; i < 20; ++i) make(client, noise(1'000, i));
    client.send_text(kSave);
    EXPECT_EQ(server.wait().status, 128 + SIGKILL);
  }
  EXPECT_EQ(folders_in(directory.path() + "/a"), 1);
  ServerProcess server(arguments);
  WebSocketClient client(server.port());
  EXPECT_TRUE(begins(client.ask(kLoad), R"({"SH_LOAD_RSP":{"st":142,"tkn":null,"m":"there is no)"));
  EXPECT_EQ(counts(client), counted(0, 0));
  make(client, "1");
  EXPECT_TRUE(begins(client.ask(kSave), R"({"SH_SAVE_RSP":{"st":121,)"));
  EXPECT_EQ(folders_in(directory.path() + "/a"), 1);
  client.ask(R"({"SH_END_ALL":{}})");
  EXPECT_TRUE(begins(client.ask(kLoad), R"({"SH_LOAD_RSP":{"st":141,"name":"a","sessions":1,)"));
}

TEST(SaveProcess, keeps_a_save_that_had_its_name_when_it_was_killed) {
  const TemporaryDirectory directory;
  const std::vector<std::string> arguments = {"--threads", "2", "--savePath", directory.path()};
  {
    std::vector<std::string> crashing = arguments;
    crashing.insert(crashing.end(), {"--crash-at", "save-renamed:1"});
    ServerProcess server(crashing);
    WebSocketClient client(server.port());
    make(client, "1");
    client.send_text(kSave);
    EXPECT_EQ(server.wait().status, 128 + SIGKILL);
  }
  ServerProcess server(arguments);
  WebSocketClient client(server.port());
  EXPECT_TRUE(begins(client.ask(kLoad), R"({"SH_LOAD_RSP":{"st":141,"name":"a","sessions":1,)"));
}

TEST(SaveProcess, answers_123_and_leaves_nothing_where_a_file_cannot_grow) {
  const TemporaryDirectory directory;
  ServerProcess server({"--threads", "2", "--savePath", directory.path()});
  WebSocketClient client(server.port());
  for (std::uint64_t i = 0; i < 20; ++i) make(client, noise(500'000, i));
  const rlimit little{.rlim_cur = 1'000'000, .rlim_max = RLIM_INFINITY};
  rlimit before{};
  ASSERT_EQ(prlimit(server.pid(), RLIMIT_FSIZE, &little, &before), 0);
  const std::string answer = client.ask(kSave);
  EXPECT_TRUE(begins(answer, R"({"SH_SAVE_RSP":{"st":123,"tkn":null,"m":"cannot write: )"))
      << answer;
  EXPECT_EQ(folders_in(directory.path() + "/a"), 0);
  ASSERT_EQ(prlimit(server.pid(), RLIMIT_FSIZE, &before, nullptr), 0);
  EXPECT_TRUE(begins(client.ask(kSave), R"({"SH_SAVE_RSP":{"st":121,)"));
  stop(server, client);
}

TEST(SaveProcess, ends_in_time_in_the_middle_of_a_save_or_load_and_leaves_nothing_half_done) {
  const TemporaryDirectory directory;
  for (const char* const request : {kSave, kLoad}) {
    ServerProcess server({"--threads", "2", "--savePath", directory.path()});
    WebSocketClient client(server.port());
    for (std::uint64_t i = 0; i < 40 / SESHDB_TEST_SHARE; ++i) make(client, noise(800'000, i));
    if (request == kLoad) {
      EXPECT_TRUE(begins(client.ask(kSave), R"({"SH_SAVE_RSP":{"st":121,)"));
      client.ask(R"({"SH_END_ALL":{}})");
    }
    client.send_text(request);
    client.finish_sending();
    server.send_signal(SIGTERM);
    EXPECT_EQ(server.wait().status, 0);
    for (const auto& entry : fs::recursive_directory_iterator(directory.path())) {
      EXPECT_NE(entry.path().extension(), ".new") << entry.path();
    }
  }
}

TEST(SaveProcess, writes_files_that_zstd_and_any_json_reader_can_read) {
  const TemporaryDirectory directory;
  ServerProcess server({"--threads", "2", "--savePath", directory.path()});
  WebSocketClient client(server.port());
  const std::string token = make(client, R"([1,"two",{"é":null}])");
  EXPECT_TRUE(begins(client.ask(kSave), R"({"SH_SAVE_RSP":{"st":121,)"));
  const std::string command =
      "for f in " + directory.path() +
      "/a/*/*.zst; do zstd -qdc $f; done | python3 -c 'import json, sys\n"
      "lines = [json.loads(line) for line in sys.stdin]\n"
      "assert sum(line[\"sessions\"] for line in lines if \"sessions\" in line) == 1\n"
      "found = [line for line in lines if \"token\" in line]\n"
      "assert found == [{\"token\": \"" +
      token +
      "\", \"shared\": False, \"expiry\": {\"duration\": "
      "0, \"deleteSession\": True, \"sliding\": False}, \"keys\": {\"k\": [1, \"two\", {\"é\": "
      "None}]}}], found\n'";
  EXPECT_EQ(std::system(command.c_str()), 0);
}

TEST(SaveProcess, saves_in_the_data_directory_and_keeps_what_was_loaded) {
  const TemporaryDirectory directory;
  const std::string data = directory.path() + "/data";
  std::string token;
  {
    ServerProcess server({"--threads", "2", "--data", data});
    WebSocketClient client(server.port());
    token = make(client, "5");
    EXPECT_TRUE(begins(client.ask(kSave), R"({"SH_SAVE_RSP":{"st":121,)"));
    client.ask(R"({"SH_END_ALL":{}})");
    EXPECT_TRUE(begins(client.ask(kLoad), R"({"SH_LOAD_RSP":{"st":141,)"));
    stop(server, client);
  }
  EXPECT_TRUE(fs::is_directory(data + "/saves/a"));
  ServerProcess server({"--threads", "3", "--data", data});
  WebSocketClient client(server.port());
  EXPECT_EQ(client.ask(R"({"KV_GET":{"tkn":")" + token + R"(","keys":["k"]}})"),
            R"({"KV_GET_RSP":{"tkn":")" + token + R"(","keys":{"k":5}}})");
}

TEST(SaveProcess, loads_a_save_at_the_start_where_the_option_says_so) {
  const TemporaryDirectory directory;
  {
    ServerProcess server({"--threads", "2", "--savePath", directory.path()});
    WebSocketClient client(server.port());
    for (int i = 0; i < 100; ++i) make(client, "1");
    EXPECT_TRUE(begins(client.ask(kSave), R"({"SH_SAVE_RSP":{"st":121,)"));
  }
  for (const char* const threads : {"1", "3"}) {
    ServerProcess server({"--threads", threads, "--loadName", "a", "--loadPath", directory.path()});
    WebSocketClient client(server.port());
    EXPECT_EQ(counts(client), counted(100, 100));
  }
  const std::string data = directory.path() + "/data";
  for (const bool load : {true, false}) {
    std::vector<std::string> arguments = {"--threads", "2", "--data", data};
    if (load)
      arguments.insert(arguments.end(), {"--loadName", "a", "--loadPath", directory.path()});
    ServerProcess server(arguments);
    WebSocketClient client(server.port());
    EXPECT_EQ(counts(client), counted(100, 100));
    stop(server, client);
  }
}

// A save of some sessions, and a new data directory whose first start loads it.
class FirstLoad : public ::testing::TestWithParam<const char*> {
 protected:
  FirstLoad() {
    ServerProcess server({"--threads", "2", "--savePath", saves});
    WebSocketClient client(server.port());
    for (int i = 0; i < 40; ++i) token = make(client, "1");
    EXPECT_TRUE(begins(client.ask(kSave), R"({"SH_SAVE_RSP":{"st":121,)"));
  }
  [[nodiscard]] std::vector<std::string> arguments(const std::string& threads) const {
    return {"--threads", threads, "--data", data, "--loadName", "a", "--loadPath", saves};
  }

  const TemporaryDirectory directory;
  const std::string saves = directory.path() + "/saves";
  const std::string data = directory.path() + "/data";
  std::string token;
};

TEST_F(FirstLoad, is_the_only_one_so_that_no_ended_session_comes_back) {
  const std::string ended = R"({"SH_END":{"tkn":")" + token + R"("}})";
  for (const auto& [threads, sessions] : {std::pair("2", 40), {"2", 39}, {"3", 39}}) {
    ServerProcess server(arguments(threads));
    WebSocketClient client(server.port());
    EXPECT_EQ(counts(client), counted(sessions, sessions));
    client.ask(ended);
    client.finish_sending();
    server.send_signal(SIGTERM);
    const Outcome outcome = server.wait();
    EXPECT_EQ(outcome.status, 0);
    const bool passed_over = outcome.err.find("not loaded") != std::string::npos &&
                             outcome.err.find("SH_LOAD") != std::string::npos;
    EXPECT_EQ(passed_over, sessions != 40) << outcome.err;
  }
  fs::remove_all(saves);
  ServerProcess server(arguments("3"));
  WebSocketClient client(server.port());
  EXPECT_EQ(counts(client), counted(39, 39)) << "the save is not read again";
}

TEST_F(FirstLoad, is_not_into_a_directory_that_was_served_from_while_it_was_empty) {
  for (const bool load : {false, true}) {
    ServerProcess server(load ? arguments("2") : std::vector<std::string>{"--data", data});
    WebSocketClient client(server.port());
    EXPECT_EQ(counts(client), counted(0, 0));
    stop(server, client);
  }
}

TEST_F(FirstLoad, is_done_by_a_later_start_where_the_save_was_missing) {
  fs::rename(saves, directory.path() + "/moved");
  std::vector<std::string> failing = arguments("2");
  failing.insert(failing.end(), {"--port", "0"});
  EXPECT_EQ(run_program(failing).status, 1);
  EXPECT_EQ(run_program({"check", data}).status, 0);
  fs::rename(directory.path() + "/moved", saves);
  ServerProcess server(arguments("3"));
  WebSocketClient client(server.port());
  EXPECT_EQ(counts(client), counted(40, 40));
}

INSTANTIATE_TEST_SUITE_P(KilledAtEveryStep, FirstLoad,
                         ::testing::Values("append:1", "checkpoint-append:1", "checkpoint-rename:2",
                                           "checkpoint-renamed:1", "checkpoint-renamed:2",
                                           "manifest-rename:2", "manifest-renamed:2"));

TEST_P(FirstLoad, is_whole_at_the_next_start_under_any_number_of_threads) {
  for (const char* const threads : {"2", "3"}) {
    fs::remove_all(data);
    std::vector<std::string> crashing = arguments("2");
    crashing.insert(crashing.end(), {"--port", "0", "--crash-at", GetParam()});
    EXPECT_EQ(run_program(crashing).status, 128 + SIGKILL);
    ServerProcess server(arguments(threads));
    WebSocketClient client(server.port());
    EXPECT_EQ(counts(client), counted(40, 40));
    client.ask(R"({"SH_END_ALL":{}})");
    stop(server, client);
    ServerProcess again(arguments(threads));
    WebSocketClient looking(again.port());
    EXPECT_EQ(counts(looking), counted(0, 0));
  }
}

TEST(SaveProcess, does_not_start_without_the_save_it_has_to_load) {
  const TemporaryDirectory directory;
  Outcome outcome = run_program({"--port", "0", "--loadName", "a", "--loadPath", directory.path()});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.err.find("there is no save named a"), std::string::npos) << outcome.err;
  fs::create_directories(directory.path() + "/a/1700000000000");
  write_content(directory.path() + "/a/1700000000000/part-0.jsonl.zst", "{\"token\":\"1\"}\n");
  outcome = run_program({"--port", "0", "--loadName", "a", "--loadPath", directory.path()});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.err.find("part-0.jsonl.zst: line 1: "), std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"--loadPath", directory.path()},
           {"--loadName", "a"},
           {"--loadName", "../a", "--loadPath", directory.path()}}) {
    EXPECT_EQ(run_program(arguments).status, 2);
  }
}

}  // namespace seshdb::testing
