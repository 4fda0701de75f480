// A data directory that cannot be used, or is damaged: the program prints what is wrong with which
// file and what to do, exits with 1, and does not change that file.
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/server_process.h"
#include "support/socket_client.h"
#include "support/temporary_directory.h"
#include "support/token_bits.h"

namespace seshdb::testing {

namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void put(const fs::path& path, std::string_view content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

class DataDirectory : public ::testing::Test {
 protected:
  [[nodiscard]] std::vector<std::string> arguments(
      const std::string& checkpoint_bytes = "1000000") const {
    return {"--data",
            path,
            "--threads",
            "2",
            "--log-level",
            "warn",
            "--segment-bytes",
            "2000",
            "--checkpoint-bytes",
            checkpoint_bytes};
  }
  [[nodiscard]] Outcome start() const {
    std::vector<std::string> with_port = arguments();
    with_port.insert(with_port.begin(), {"--port", "0"});
    return run_program(with_port);
  }
  // Starts the server. Where it serves, checks all that was there before, and stops it cleanly.
  [[nodiscard]] Outcome start_and_stop() const {
    try {
      ServerProcess server(arguments());
      {
        WebSocketClient client(server.port());
        EXPECT_EQ(what_is_there(client), all);
      }
      server.send_signal(SIGTERM);
      return server.wait();
    } catch (const std::runtime_error& error) {
      Outcome outcome;
      outcome.status = 1;
      outcome.err = error.what();
      return outcome;
    }
  }
  // A start that is refused with these texts.
  void refused(const std::string& part, const std::string& other = "") const {
    const Outcome outcome = start();
    EXPECT_EQ(outcome.status, 1) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_TRUE(contains(outcome.err, part)) << outcome.err << "\nwithout: " << part;
    EXPECT_TRUE(contains(outcome.err, other)) << outcome.err << "\nwithout: " << other;
  }
  // Makes some sessions with keys, a checkpoint of each core and logs, with clean stops.
  void make() {
    run_and_change("10000");
    do {
      run_and_change("1000000");  // the first start removes the files before the checkpoints
    } while (files_of("-c0-", ".log").size() < 4 || files_of("-c1-", ".log").size() < 4);
  }
  void run_and_change(const std::string& checkpoint_bytes) {
    ServerProcess server(arguments(checkpoint_bytes));
    WebSocketClient client(server.port());
    for (int i = 0; i < 20; ++i) {
      token = token_of(client.ask(R"({"SH_NEW":{"name":"a"}})"));
      for (int k = 0; k < 20; ++k) {
        client.ask(R"({"KV_SET":{"tkn":")" + token + R"(","keys":{"k)" + std::to_string(k % 3) +
                   "\":\"" + std::string(100, static_cast<char>('a' + k)) + "\"}}}");
      }
    }
    all = what_is_there(client);
    client.finish_sending();
    server.send_signal(SIGTERM);
    ASSERT_EQ(server.wait().status, 0);
  }
  [[nodiscard]] std::string what_is_there(WebSocketClient& client) const {
    return client.ask(R"({"SH_INFO_ALL":{}})") +
           client.ask(R"({"KV_GET":{"tkn":")" + token + R"(","keys":["k0","k1","k2"]}})");
  }
  [[nodiscard]] std::map<std::string, std::string> contents() const {
    std::map<std::string, std::string> found;
    for (const auto& entry : fs::directory_iterator(path)) {
      found[entry.path().filename().string()] = content_of(entry.path());
    }
    return found;
  }

  [[nodiscard]] std::vector<std::string> files_of(const std::string& core,
                                                  const std::string& end) const {
    std::vector<std::string> names;
    for (const auto& [name, content] : contents()) {
      if (contains(name, core) && contains(name, end)) names.push_back(name);
    }
    return names;
  }
  void restore(const std::map<std::string, std::string>& whole) const {
    fs::remove_all(path);
    fs::create_directory(path);
    for (const auto& [name, content] : whole) {
      put(path + '/' + name, content);
      fs::permissions(path + '/' + name, fs::perms::owner_read | fs::perms::owner_write);
    }
  }

  const TemporaryDirectory folder;
  const std::string path = folder.path() + "/data";
  std::string token;
  std::string all;  // as the server showed it before it ended
};

TEST_F(DataDirectory, is_used_by_one_server_at_a_time) {
  ServerProcess first(arguments());
  refused("the data directory " + path + " is in use by another seshdb");
  WebSocketClient client(first.port());
  EXPECT_EQ(client.ask(R"({"SH_EXISTS":{"tkns":[]}})"), R"({"SH_EXISTS_RSP":{"st":1,"exist":[]}})");
}

TEST_F(DataDirectory, has_to_be_writable) {
  make();
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_exec);
  constexpr uid_t kNobody = 65'534;
  const auto as_nobody = [] { return getuid() != 0 || setuid(kNobody) == 0; };
  fs::permissions(folder.path(), fs::perms::all);
  ASSERT_TRUE(getuid() != 0 || chown(path.c_str(), kNobody, kNobody) == 0);
  std::vector<std::string> all_arguments = arguments();
  all_arguments.insert(all_arguments.begin(), {"--port", "0"});
  const Outcome outcome = run_program(all_arguments, as_nobody);
  EXPECT_EQ(outcome.status, 1);
  EXPECT_TRUE(contains(outcome.err, path)) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "Permission denied")) << outcome.err;
  fs::permissions(path, fs::perms::owner_all);
}

TEST_F(DataDirectory, has_to_be_a_directory) {
  put(path, "no directory");
  refused(path, "Not a directory");
}

TEST_F(DataDirectory, of_another_format_is_left_to_another_version) {
  make();
  const std::string manifest = content_of(path + "/MANIFEST");
  put(path + "/MANIFEST", "seshdb-data 4" + manifest.substr(13));
  refused("format 4", "newer version");
  put(path + "/MANIFEST", "seshdb-data 0" + manifest.substr(13));
  refused("format 0", "reads formats 1 to 3");
}

TEST_F(DataDirectory, of_the_format_before_is_read_and_has_the_new_one_from_then_on) {
  if (token_bits_of_environment() == store::TokenBits::k128) GTEST_SKIP() << "it has 64 bits";
  make();
  const std::string manifest = content_of(path + "/MANIFEST");
  put(path + "/MANIFEST", "seshdb-data 1" + manifest.substr(13));
  ServerProcess server(arguments());
  WebSocketClient client(server.port());
  EXPECT_EQ(what_is_there(client), all);
  EXPECT_EQ(content_of(path + "/MANIFEST"), manifest);
}

TEST_F(DataDirectory, needs_its_manifest) {
  make();
  const std::string manifest = content_of(path + "/MANIFEST");
  for (const std::string& wrong :
       {std::string(), std::string("seshdb"), manifest.substr(0, manifest.size() - 1),
        manifest + "x", std::string("seshdb-data 1\nepoch 1\ncores 0\n"), std::string(300, 'x')}) {
    put(path + "/MANIFEST", wrong);
    refused(path + "/MANIFEST is damaged", "backup");
  }
  fs::remove(path + "/MANIFEST");
  refused(path + "/MANIFEST is missing", "backup");
}

TEST_F(DataDirectory, with_a_flipped_byte_is_refused_and_the_file_is_not_changed) {
  make();
  const auto whole = contents();
  std::size_t refusals = 0;
  const std::vector<std::string> names = files_of("-c1-", "");
  for (std::size_t i = 0; i < names.size(); i += 1 + names.size() / 5) {
    const std::string& name = names[i];
    const std::string& content = whole.at(name);
    // In the header, in a frame's head and in its payload; every byte: tests/unit/engine.
    for (const std::size_t at : {std::size_t{9}, std::size_t{43}, content.size() / 2}) {
      if (at >= content.size()) continue;
      std::string damaged = content;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
      restore(whole);
      put(path + '/' + name, damaged);
      const Outcome outcome = start_and_stop();
      if (outcome.status == 0) {  // a closing frame that is not needed
        EXPECT_GE(at + 16, content.size()) << name << " byte " << at;
        continue;
      }
      ++refusals;
      EXPECT_TRUE(contains(outcome.err, path + '/' + name + ", byte ")) << outcome.err;
      EXPECT_TRUE(contains(outcome.err, "seshdb repair")) << outcome.err;
      EXPECT_TRUE(content_of(path + '/' + name) == damaged) << name;
    }
  }
  EXPECT_GT(refusals, 4U);
}

// The last log of a core may be missing: a crash may leave that.
TEST_F(DataDirectory, without_a_file_in_the_middle_is_refused) {
  make();
  const auto whole = contents();
  for (const std::string core : {"-c0-", "-c1-"}) {
    restore(whole);
    std::vector<std::string> names = files_of(core, ".log");
    names.pop_back();
    for (std::size_t i = 0; i < names.size(); i += 1 + names.size() / 5) {
      const std::string& name = names[i];
      restore(whole);
      fs::remove(path + '/' + name);
      refused(path + '/' + name + " is missing", "seshdb repair");
    }
  }
  restore(whole);
  EXPECT_EQ(start_and_stop().status, 0);
}

}  // namespace seshdb::testing
