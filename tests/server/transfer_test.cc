// seshdb export and import: a data directory as text, and back.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "support/save_support.h"
#include "support/server_process.h"
#include "support/socket_client.h"
#include "support/temporary_directory.h"
#include "support/token_bits.h"

namespace seshdb::testing {

namespace {

// A folder for a test, and the program as a shell calls it.
struct Shell {
  // The exit status of `seshdb ARGUMENTS`, which may redirect; its output is in out and err.
  int run(const std::string& arguments) {
    const std::string base = folder.path();
    const std::string command =
        "cd " + base + " && { " + program + ' ' + arguments + "; } > out 2> err";
    const int status = std::system(command.c_str());
    out = content_of(base + "/out");
    err = content_of(base + "/err");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  [[nodiscard]] std::string at(const std::string& name) const { return folder.path() + '/' + name; }

  const std::string program =
      std::string(SESHDB_BINARY) +
      (token_bits_of_environment() == store::TokenBits::k128 ? " --token-bits 128" : "");
  TemporaryDirectory folder;
  std::string out;
  std::string err;
};

// The lines of sessions in the export, sorted.
std::vector<std::string> sessions_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    if (line.rfind("{\"token\":", 0) == 0) lines.push_back(line);
    at = end + 1;
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

void stop(ServerProcess& server, WebSocketClient& client) {
  client.finish_sending();
  server.send_signal(SIGTERM);
  EXPECT_EQ(server.wait().status, 0);
}

// Makes a data directory with one shared session and some others, and returns their tokens.
std::vector<std::string> fill(const std::string& data) {
  ServerProcess server({"--threads", "3", "--data", data});
  WebSocketClient client(server.port());
  std::vector<std::string> tokens = {token_of(client.ask(
      R"({"SH_NEW":{"name":"sh","shared":true,"expiry":{"duration":1000,"deleteSession":true}}})"))};
  for (int i = 0; i < 50; ++i) {
    tokens.push_back(token_of(client.ask(R"({"SH_NEW":{"name":"a"}})")));
    client.ask(R"({"KV_SET":{"tkn":")" + tokens.back() + R"(","keys":{"k":)" + std::to_string(i) +
               R"(,"\ud800":[0.10]}}})");
  }
  stop(server, client);
  return tokens;
}

}  // namespace

TEST(Transfer, brings_all_sessions_to_another_directory_plain_or_compressed) {
  Shell shell;
  const std::vector<std::string> tokens = fill(shell.at("one"));
  ASSERT_EQ(shell.run("export one"), 0) << shell.err;
  EXPECT_EQ(shell.err, "exported 51 sessions with 100 keys\n");
  const std::vector<std::string> whole = sessions_of(shell.out);
  EXPECT_EQ(whole.size(), 51U);
  write_content(shell.at("lines"), shell.out);
  ASSERT_EQ(shell.run("export one --zstd > lines.zst"), 0) << shell.err;
  EXPECT_LT(std::filesystem::file_size(shell.at("lines.zst")),
            std::filesystem::file_size(shell.at("lines")));
  // With the secret, so that shared names give the same tokens.
  std::filesystem::create_directory(shell.at("two"));
  std::filesystem::copy(shell.at("one/secret"), shell.at("two/secret"));
  ASSERT_EQ(shell.run("import two < lines.zst"), 0) << shell.err;
  EXPECT_EQ(shell.err, "imported 51 sessions with 100 keys\n");
  ASSERT_EQ(shell.run("import three < lines"), 0) << shell.err;
  EXPECT_NE(shell.err.find("1 shared sessions were made under another secret"), std::string::npos);
  for (const char* const copy : {"two", "three"}) {
    ASSERT_EQ(shell.run(std::string("export ") + copy), 0) << shell.err;
    EXPECT_EQ(sessions_of(shell.out), whole);
  }
  ServerProcess server({"--threads", "2", "--data", shell.at("two")});
  WebSocketClient client(server.port());
  EXPECT_NE(client.ask(R"({"SH_OPEN":{"name":"sh"}})").find(tokens.front()), std::string::npos);
}

TEST(Transfer, adds_the_missing_sessions_to_an_existing_directory) {
  Shell shell;
  const std::vector<std::string> tokens = fill(shell.at("data"));
  ASSERT_EQ(shell.run("export data > lines"), 0) << shell.err;
  {
    ServerProcess server({"--threads", "2", "--data", shell.at("data")});
    WebSocketClient client(server.port());
    client.ask(R"({"SH_END":{"tkn":")" + tokens[1] + R"("}})");
    client.ask(R"({"KV_SET":{"tkn":")" + tokens[2] + R"(","keys":{"k":"newer"}}})");
    EXPECT_EQ(shell.run("export data"), 1);
    EXPECT_NE(shell.err.find("is in use by another seshdb"), std::string::npos) << shell.err;
    EXPECT_EQ(shell.run("import data < lines"), 1);
    stop(server, client);
  }
  ASSERT_EQ(shell.run("import data < lines"), 0) << shell.err;
  EXPECT_EQ(shell.err, "imported 1 sessions with 2 keys\n");
  EXPECT_EQ(shell.run("check data"), 0) << shell.out;
  ServerProcess server({"--threads", "2", "--data", shell.at("data")});
  WebSocketClient client(server.port());
  EXPECT_EQ(client.ask(R"({"SH_INFO_ALL":{}})"),
            R"({"SH_INFO_ALL_RSP":{"totalSessions":51,"totalKeys":100}})");
  EXPECT_NE(client.ask(R"({"KV_GET":{"tkn":")" + tokens[2] + R"(","keys":["k"]}})").find("newer"),
            std::string::npos);
}

class KilledImport : public ::testing::TestWithParam<const char*> {
 protected:
  // Imports 51 sessions into a directory of 51 others, and is killed, or sent SIGTERM.
  void import_and_be_killed() {
    (void)fill(shell.at("data"));
    (void)fill(shell.at("other"));
    ASSERT_EQ(shell.run("export data > before; " + shell.program + " export other > lines"), 0);
    const std::string place = GetParam();
    const int signal = place.rfind("stop-", 0) == 0 ? SIGTERM : SIGKILL;
    EXPECT_EQ(shell.run("--crash-at " + place + " import data < lines"), 128 + signal);
  }
  Shell shell;
};

class KilledBeforeTheManifest : public KilledImport {};
INSTANTIATE_TEST_SUITE_P(AtEveryStep, KilledBeforeTheManifest,
                         ::testing::Values("stop-reading:1", "stop-checkpoint:1",
                                           "checkpoint-append:1", "checkpoint-rename:1",
                                           "checkpoint-renamed:1", "checkpoint-renamed:2",
                                           "checkpoint-renamed:3", "manifest-rename:1"));

TEST_P(KilledBeforeTheManifest, changes_nothing_and_succeeds_the_next_time) {
  import_and_be_killed();
  EXPECT_EQ(shell.run("check data"), 0) << shell.out;
  ASSERT_EQ(shell.run("export data"), 0) << shell.err;
  EXPECT_EQ(sessions_of(shell.out), sessions_of(content_of(shell.at("before"))));
  ASSERT_EQ(shell.run("import data < lines"), 0) << shell.err;
  EXPECT_NE(shell.err.find("imported 51 sessions with 100 keys\n"), std::string::npos) << shell.err;
  ServerProcess server({"--threads", "2", "--data", shell.at("data")});
  WebSocketClient client(server.port());
  EXPECT_EQ(client.ask(R"({"SH_INFO_ALL":{}})"),
            R"({"SH_INFO_ALL_RSP":{"totalSessions":102,"totalKeys":200}})");
}

class KilledBehindTheManifest : public KilledImport {};
INSTANTIATE_TEST_SUITE_P(AtEveryStep, KilledBehindTheManifest,
                         ::testing::Values("manifest-renamed:1"));

TEST_P(KilledBehindTheManifest, has_imported_all) {
  import_and_be_killed();
  ServerProcess server({"--threads", "3", "--data", shell.at("data")});
  WebSocketClient client(server.port());
  EXPECT_EQ(client.ask(R"({"SH_INFO_ALL":{}})"),
            R"({"SH_INFO_ALL_RSP":{"totalSessions":102,"totalKeys":200}})");
  stop(server, client);
  for (const auto& entry : std::filesystem::directory_iterator(shell.at("data"))) {
    EXPECT_NE(entry.path().filename().string().rfind("e1-", 0), 0U) << entry.path();
  }
}

TEST(Transfer, imports_nothing_from_lines_that_are_not_whole) {
  Shell shell;
  (void)fill(shell.at("data"));
  ASSERT_EQ(shell.run("export data > lines"), 0) << shell.err;
  for (const char* const damage :
       {"head -n -1 lines", "head -c -1 lines", "tail -n +2 lines", "sed '5d' lines",
        R"(sed '0,/0\.10/s/0\.10/0.11/' lines)", "cat lines /dev/null /etc/hostname", "true"}) {
    std::filesystem::remove_all(shell.at("new"));
    EXPECT_EQ(shell.run("import new < /dev/null; " + std::string(damage) + " | " + shell.program +
                        " import new"),
              1)
        << damage;
    EXPECT_NE(shell.err.find("nothing was imported: "), std::string::npos) << shell.err;
    ASSERT_EQ(shell.run("export new"), 0) << shell.err;
    EXPECT_EQ(sessions_of(shell.out).size(), 0U) << damage;
  }
}

TEST(Transfer, reads_the_parts_of_a_save_one_behind_the_other) {
  Shell shell;
  std::filesystem::create_directory(shell.at("saves"));
  {
    ServerProcess server({"--threads", "2", "--savePath", shell.at("saves")});
    WebSocketClient client(server.port());
    for (int i = 0; i < 30; ++i) client.ask(R"({"SH_NEW":{"name":"a"}})");
    client.ask(R"({"SH_SAVE":{"name":"a"}})");
  }
  EXPECT_EQ(shell.run("import data < /dev/null; cat saves/a/*/part-*.zst | " + shell.program +
                      " import data"),
            0)
      << shell.err;
  EXPECT_NE(shell.err.find("imported 30 sessions with 0 keys\n"), std::string::npos) << shell.err;
}

TEST(Transfer, imports_under_the_secret_that_the_directory_is_used_with) {
  Shell shell;
  (void)fill(shell.at("data"));
  ASSERT_EQ(shell.run("export data > lines"), 0) << shell.err;
  std::filesystem::rename(shell.at("data/secret"), shell.at("secret"));
  EXPECT_EQ(shell.run("import data < lines"), 1);
  EXPECT_NE(shell.err.find("data/secret': it is missing"), std::string::npos) << shell.err;
  ASSERT_EQ(shell.run("--secret-file secret import data < lines"), 0) << shell.err;
  ASSERT_EQ(shell.run("--secret-file secret import new < lines"), 0) << shell.err;
  EXPECT_EQ(shell.err, "imported 51 sessions with 100 keys\n");
  EXPECT_FALSE(std::filesystem::exists(shell.at("new/secret")));
}

TEST(Transfer, says_what_is_wrong_with_the_directory_or_the_output) {
  Shell shell;
  EXPECT_EQ(shell.run("export nowhere"), 1);
  EXPECT_NE(shell.err.find("nowhere"), std::string::npos) << shell.err;
  EXPECT_EQ(shell.run("export"), 2);
  EXPECT_EQ(shell.run("import"), 2);
  (void)fill(shell.at("data"));
  EXPECT_EQ(shell.run("export data > /dev/full"), 1);
  EXPECT_NE(shell.err.find("cannot write: No space left on device"), std::string::npos)
      << shell.err;
}

}  // namespace seshdb::testing
