// --token-bits: what is kept with tokens of one length is kept with them to the end, and is refused
// by a server of another.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "support/save_support.h"
#include "support/server_process.h"
#include "support/socket_client.h"
#include "support/temporary_directory.h"
#include "support/token_bits.h"

namespace seshdb::testing {

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string get(const std::string& token) {
  return R"({"KV_GET":{"tkn":")" + token + R"(","keys":["k"]}})";
}

class TokenBitsOption : public ::testing::Test {
 protected:
  [[nodiscard]] std::string at(const std::string& name) const { return folder.path() + '/' + name; }
  [[nodiscard]] std::vector<std::string> server_of(const std::string& bits,
                                                   const std::string& threads = "2") const {
    return {"--threads", threads, "--token-bits", bits, "--data", at("data")};
  }
  static void stop(ServerProcess& server, WebSocketClient& client) {
    client.finish_sending();
    server.send_signal(SIGTERM);
    EXPECT_EQ(server.wait().status, 0);
  }
  // Makes a data directory; one of its sessions was rotated, one is shared.
  void fill(const std::string& bits, bool saves = false) {
    ServerProcess server(server_of(bits));
    WebSocketClient client(server.port());
    for (int i = 0; i < 20; ++i) {
      tokens.push_back(token_of(client.ask(R"({"SH_NEW":{"name":"a","keys":{"k":1}}})")));
    }
    former = tokens.back();
    tokens.back() = token_of(client.ask(R"({"SH_ROTATE":{"tkn":")" + former + R"("}})"));
    tokens.push_back(
        token_of(client.ask(R"({"SH_NEW":{"name":"s","shared":true,"keys":{"k":1}}})")));
    if (saves) {
      EXPECT_TRUE(contains(client.ask(R"({"SH_SAVE":{"name":"nightly"}})"), "\"st\":121"));
    }
    stop(server, client);
  }
  // Each token, and no other, leads to its session; the shared one is found by its name.
  void expect_all(const std::vector<std::string>& arguments) {
    ServerProcess server(arguments);
    WebSocketClient client(server.port());
    for (const std::string& token : tokens) {
      EXPECT_EQ(client.ask(get(token)),
                R"({"KV_GET_RSP":{"tkn":")" + token + R"(","keys":{"k":1}}})");
      EXPECT_TRUE(contains(client.ask(get(with_other_upper(token))), "\"st\":100"));
    }
    EXPECT_TRUE(contains(client.ask(get(former)), "\"st\":100"));
    EXPECT_EQ(token_of(client.ask(R"({"SH_OPEN":{"name":"s"}})")), tokens.back());
    stop(server, client);
  }
  // The exit status of `seshdb ARGUMENTS`, which may redirect; what it says is in `said`.
  int run(const std::string& arguments) {
    const std::string command = "cd " + folder.path() + " && " SESHDB_BINARY " " + arguments;
    const int status = std::system((command + " 2> said").c_str());
    said = content_of(at("said"));
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  static std::string refusal_of(const std::vector<std::string>& arguments) {
    try {
      const ServerProcess server(arguments);
    } catch (const NotStarted& how) {
      EXPECT_NE(how.status, 0);
      return how.what();
    }
    return "it starts";
  }

  TemporaryDirectory folder;
  std::vector<std::string> tokens;
  std::string former;
  std::string said;
};

}  // namespace

TEST_F(TokenBitsOption, of_128_are_kept_through_restarts_with_any_number_of_cores) {
  fill("128");
  for (const std::string& token : tokens) EXPECT_GT(token.size(), 20U) << token;
  expect_all(server_of("128"));
  expect_all(server_of("128", "3"));
  expect_all(server_of("128", "1"));
}

TEST_F(TokenBitsOption, other_than_those_of_the_data_directory_are_refused) {
  fill("128");
  EXPECT_TRUE(contains(refusal_of(server_of("64")), "was made with --token-bits 128"));
  EXPECT_EQ(run("export data > lines"), 0) << said;
  EXPECT_NE(run("--token-bits 64 import data < lines"), 0);
  EXPECT_TRUE(contains(said, "was made with --token-bits 128")) << said;
  expect_all(server_of("128"));
}

TEST_F(TokenBitsOption, of_128_are_refused_by_a_data_directory_of_64) {
  fill("64");
  EXPECT_TRUE(contains(refusal_of(server_of("128")), "was made with --token-bits 64"));
  expect_all(server_of("64"));
}

// An empty directory was made, so that one may change one's mind.
TEST_F(TokenBitsOption, of_a_new_data_directory_may_be_others_at_the_next_try) {
  write_content(at("lines"), "no save\n");
  EXPECT_NE(run("--token-bits 64 import data < lines"), 0);
  fill("128");
  expect_all(server_of("128"));
}

TEST_F(TokenBitsOption, of_128_go_through_export_import_backup_check_and_repair) {
  fill("128");
  EXPECT_EQ(run("check data > out"), 0) << said;
  EXPECT_EQ(run("repair data > out"), 0) << said;
  EXPECT_EQ(run("backup data copy > out"), 0) << said;
  EXPECT_EQ(run("export --zstd data > lines"), 0) << said;
  std::filesystem::remove_all(at("data"));
  EXPECT_NE(run("--token-bits 64 import other < lines"), 0);
  EXPECT_TRUE(contains(said, "its tokens have 128 bits, and those here have 64")) << said;
  // The secret gives the lower half of the shared session's token.
  std::filesystem::create_directory(at("keep"));
  std::filesystem::copy_file(at("copy/secret"), at("keep/secret"));
  EXPECT_EQ(run("--token-bits 128 --secret-file keep/secret import data < lines"), 0) << said;
  expect_all({"--threads", "2", "--token-bits", "128", "--data", at("data"), "--secret-file",
              at("keep/secret")});
  std::filesystem::rename(at("copy"), at("restored"));
  expect_all({"--threads", "2", "--token-bits", "128", "--data", at("restored")});
}

TEST_F(TokenBitsOption, of_128_are_kept_of_what_a_repair_saves) {
  fill("128");
  for (const auto& entry : std::filesystem::directory_iterator(at("data"))) {
    if (entry.path().extension() != ".log") continue;
    std::string bytes = content_of(entry.path());
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    write_content(entry.path(), bytes);
  }
  EXPECT_NE(run("check data > out"), 0);
  EXPECT_EQ(run("repair data > out"), 0) << said;
  EXPECT_TRUE(contains(refusal_of(server_of("64")), "was made with --token-bits 128"));
  const ServerProcess server(server_of("128"));
}

TEST_F(TokenBitsOption, other_than_those_of_a_save_are_refused) {
  for (const auto& [own, other] : {std::pair{"128", "64"}, std::pair{"64", "128"}}) {
    tokens.clear();
    fill(own, true);
    const std::string saves = at("data/saves");
    std::vector<std::string> arguments = {"--threads",  "2",   "--token-bits", other,
                                          "--savePath", saves, "--loadName",   "nightly"};
    const std::string why = std::string("its tokens have ") + own + " bits, and those here have " +
                            other + ": see --token-bits";
    EXPECT_TRUE(contains(refusal_of(arguments), why));
    arguments.resize(6);
    {
      ServerProcess server(arguments);
      WebSocketClient client(server.port());
      const std::string answer = client.ask(R"({"SH_LOAD":{"name":"nightly"}})");
      EXPECT_TRUE(contains(answer, "\"st\":142") && contains(answer, why)) << answer;
      EXPECT_TRUE(contains(client.ask(R"({"SH_INFO_ALL":{}})"), "\"totalSessions\":0"));
      stop(server, client);
    }
    arguments[3] = own;
    arguments.insert(arguments.end(),
                     {"--loadName", "nightly", "--secret-file", at("data/secret")});
    expect_all(arguments);
    std::filesystem::remove_all(at("data"));
  }
}

TEST_F(TokenBitsOption, sh_save_takes_whole_tokens_only) {
  const std::vector<std::string> arguments = {"--threads",    "2",  "--savePath", at("saves"),
                                              "--token-bits", "128"};
  ServerProcess server(arguments);
  WebSocketClient client(server.port());
  const auto count_of = [&](const std::string& list) {
    (void)client.ask(R"({"SH_SAVE":{"name":"some","tkns":[)" + list + "]}}");
    const ServerProcess other(arguments);
    WebSocketClient its(other.port());
    const std::string loaded = its.ask(R"({"SH_LOAD":{"name":"some"}})");
    return loaded.substr(loaded.find("\"sessions\""));
  };
  const std::string token = token_of(client.ask(R"({"SH_NEW":{"name":"a"}})"));
  const std::string right = '"' + token + '"';
  const std::string wrong = '"' + with_other_upper(token) + '"';
  EXPECT_EQ(count_of(wrong), R"("sessions":0,"keys":0}})");
  EXPECT_EQ(count_of(right), R"("sessions":1,"keys":0}})");
  EXPECT_EQ(count_of(wrong + ',' + right + ',' + wrong + ',' + right),
            R"("sessions":1,"keys":0}})");
}

TEST_F(TokenBitsOption, takes_64_and_128_only) {
  for (const char* const bits : {"", "0", "63", "65", "127", "256", "064", "128 ", "x"}) {
    const Outcome outcome = run_program({"--token-bits", bits});
    EXPECT_EQ(outcome.status, 2) << bits;
    EXPECT_TRUE(contains(outcome.err, "it takes 64 or 128")) << outcome.err;
  }
}

}  // namespace seshdb::testing
