// A stop that is requested before the server serves. Whatever it reads or writes at that moment, it
// ends at once with status 0, and the data are unchanged.
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "support/save_support.h"
#include "support/server_process.h"
#include "support/socket_target.h"
#include "support/temporary_directory.h"

namespace seshdb::testing {

namespace {

namespace fs = std::filesystem;
constexpr int kSessions = 40;
constexpr std::string_view kCount = R"({"SH_INFO_ALL":{}})";
constexpr std::string_view kAll = R"({"SH_INFO_ALL_RSP":{"totalSessions":40,"totalKeys":40}})";

// The files of a directory, with their content.
std::map<std::string, std::string> content_of_all(const std::string& folder) {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file()) all[entry.path().filename()] = content_of(entry.path());
  }
  return all;
}

// A directory with the data of two cores, and a save of it.
class StopAtStart : public ::testing::Test {
 protected:
  StopAtStart() {
    TestServer server(clock_, 2, with_data());
    HttpTarget target(server.port(), clock_);
    for (int i = 0; i < kSessions; ++i) {
      const auto made = target.send(R"({"SH_NEW":{"name":"a"}})");
      (void)target.send(R"({"KV_SET":{"tkn":")" + token_of(*made) + R"(","keys":{"k":")" +
                        std::string(100'000, static_cast<char>('a' + i % 26)) + R"("}}})");
    }
    EXPECT_NE(target.send(R"({"SH_SAVE":{"name":"s"}})")->find("121"), std::string::npos);
  }

  [[nodiscard]] std::string data() const { return folder_.path() + "/data"; }
  [[nodiscard]] server::Config with_data() const {
    server::Config config;
    config.data = data();
    config.save_path = folder_.path() + "/saves";
    return config;
  }
  void expect_all(std::uint32_t threads) {
    TestServer server(clock_, threads, with_data());
    HttpTarget target(server.port(), clock_);
    EXPECT_EQ(target.send(kCount), kAll);
  }
  // Starts a server that is stopped at its `at`th check for a stop. Returns the number of its
  // checks, or 0 where it served.
  std::uint64_t start_stopped_at(server::Config config, std::uint32_t threads, std::uint64_t at) {
    config.port = 0;
    config.threads = threads;
    config.token_bits = token_bits_of_environment();
    std::atomic<std::uint64_t> asked = 0;
    auto started = server::Server::start(config, clock_, [&asked, at] { return ++asked >= at; });
    EXPECT_TRUE(started) << started.error();
    return started.value()->is_serving() ? 0 : asked.load();
  }
  // Stops it at every `step`th check. Returns the least number of checks.
  std::uint64_t stop_everywhere(const server::Config& config, std::uint32_t threads,
                                std::uint64_t step = 1) {
    const auto before = content_of_all(data());
    for (std::uint64_t at = 1;; at += step) {
      const std::uint64_t asked = start_stopped_at(config, threads, at);
      if (asked == 0) return at - step;
      // Each core may be at one more check; and what failed is checked once more.
      EXPECT_LE(asked, at + 3 * threads) << "it went on";
      if (changes_nothing_) {
        EXPECT_EQ(content_of_all(data()), before) << "stopped at " << at;
      }
    }
  }

  TemporaryDirectory folder_;
  ManualClock clock_;
  bool changes_nothing_ = true;
};

// Starts the real program, which gets SIGTERM at the place and count.
void expect_stopped(std::vector<std::string> arguments, const std::string& place) {
  arguments.insert(arguments.end(), {"--port", "0", "--crash-at", place});
  const Outcome outcome = run_program(arguments);
  EXPECT_EQ(outcome.status, 0) << place << ": " << outcome.err;
  EXPECT_EQ(outcome.out, "") << place;
}

}  // namespace

TEST_F(StopAtStart, ends_the_start_wherever_data_are_read) {
  changes_nothing_ = false;  // a core may have begun its next log while another was reading
  EXPECT_GE(stop_everywhere(with_data(), 2), 4U) << "once for each MB that is read, at least";
  expect_all(2);
}

TEST_F(StopAtStart, ends_the_start_wherever_data_are_written_for_another_number_of_threads) {
  EXPECT_GE(stop_everywhere(with_data(), 3), 12U);
  expect_all(3);
}

TEST_F(StopAtStart, tells_that_the_manifest_cannot_be_written_and_removes_no_file_it_may_name) {
  const std::size_t files = content_of_all(data()).size();
  fs::create_directories(data() + "/MANIFEST.new/in the way");
  const Outcome outcome = run_program(
      {"--threads", "3", "--data", data(), "--port", "0", "--crash-at", "stop-manifest:1"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.err.find("cannot write"), std::string::npos) << outcome.err;
  EXPECT_GT(content_of_all(data()).size(), files);
  fs::remove_all(data() + "/MANIFEST.new");
  expect_all(3);
}

TEST_F(StopAtStart, ends_the_start_wherever_a_save_is_loaded) {
  server::Config config = with_data();
  config.data.clear();
  config.load_name = "s";
  EXPECT_GE(stop_everywhere(config, 2, 12), std::uint64_t{kSessions});
}

TEST_F(StopAtStart, leaves_a_directory_new_into_which_a_save_was_being_loaded) {
  server::Config config = with_data();
  config.data = folder_.path() + "/new";
  config.load_name = "s";
  std::uint64_t at = 1;
  while (start_stopped_at(config, 2, at) != 0) at += 25;
  TestServer server(clock_, 2, config);
  HttpTarget target(server.port(), clock_);
  EXPECT_EQ(target.send(kCount), kAll);
}

TEST_F(StopAtStart, ends_the_program_with_status_0) {
  const std::vector<std::string> same = {"--threads", "2", "--data", data()};
  const std::vector<std::string> other = {"--threads", "3", "--data", data()};
  const std::vector<std::string> load = {"--threads",  "2", "--loadPath", folder_.path() + "/saves",
                                         "--loadName", "s"};
  for (const char* const count : {"1", "2"}) {
    expect_stopped(same, std::string("stop-reading:") + count);
    expect_stopped(other, std::string("stop-reading:") + count);
    expect_stopped(other, std::string("stop-checkpoint:") + count);
    expect_stopped(load, std::string("stop-checking-save:") + count);
    expect_stopped(load, std::string("stop-loading:") + count);
  }
  ServerProcess server({"--threads", "2", "--data", data()});
  WebSocketClient client(server.port());
  EXPECT_EQ(client.ask(kCount), kAll);
}

}  // namespace seshdb::testing
