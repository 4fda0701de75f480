// Kills the server again and again while clients change everything, at random moments and at each
// of its crash points. Each time every answered change has to be there, and none by half.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "crash/client.h"
#include "support/server_process.h"
#include "support/temporary_directory.h"

namespace seshdb::testing {

namespace {

constexpr std::size_t kClients = 5;
// After this time without reaching its crash point, the server is killed.
constexpr std::size_t kAnswersMost = 40'000;

constexpr std::array<std::string_view, 8> kCrashPoints = {
    "append-half",        "append", "appended", "rotate", "checkpoint-append", "checkpoint-rename",
    "checkpoint-renamed", "remove"};

class Crashes {
 public:
  Crashes(std::string sync, std::uint64_t seed) : sync_(std::move(sync)), dice_(seed) {
    std::cout << "seed " << seed << '\n';
    for (std::size_t i = 0; i < kClients; ++i) {
      clients_.push_back(std::make_unique<CrashClient>(seed, i));
    }
  }

  /// Runs a server from its start to its kill: at the crash point, or at a random moment where that
  /// is "". Returns "" or an error.
  std::string round(std::string_view crash_point) {
    const std::string wrong = play(crash_point);
    if (wrong.empty()) return "";
    return wrong + "\nserver: " + command_ + "\nbefore: " + command_before_;
  }
  /// True where it ended at the crash point.
  [[nodiscard]] bool died_by_itself() const { return died_by_itself_; }
  Dice& dice() { return dice_; }
  /// Of all rounds.
  [[nodiscard]] std::size_t answers() const { return answers_before_ + answers_; }

 private:
  using Part = std::string (*)(Crashes&, CrashClient&);

  std::string play(std::string_view crash_point) {
    died_by_itself_ = false;
    std::vector<std::string> arguments = settings();
    if (!crash_point.empty()) {
      const std::size_t many = crash_point.substr(0, 6) == "append" ? 300 : 4;
      arguments.push_back("--crash-at");
      arguments.push_back(std::string(crash_point) + ':' + std::to_string(1 + dice_.roll(many)));
    }
    if (!start(std::move(arguments), !crash_point.empty())) return "";
    whole_ = true;
    std::string wrong = together([](Crashes& all, CrashClient& client) {
      bool whole = true;
      std::string fault = client.verify(all.server_->port(), whole);
      const std::lock_guard lock(all.mutex_);
      all.whole_ = all.whole_ && whole;
      return fault;
    });
    if (wrong.empty() && whole_) wrong = count();
    goal_ = crash_point.empty() ? dice_.roll(4'000) : kAnswersMost;
    stops_ = crash_point.empty() && dice_.one_in(6);
    if (wrong.empty()) {
      wrong = together([](Crashes& all, CrashClient& client) { return all.run(client); });
    }
    if (wrong.empty() && stops_) end_all();
    server_->send_signal(SIGKILL);
    const Outcome outcome = server_->wait();
    if (outcome.status != 128 + SIGKILL) {
      wrong += "the server ended with " + std::to_string(outcome.status) + ": " + outcome.err;
    }
    return wrong;
  }

  std::vector<std::string> settings() {
    if (dice_.one_in(4)) threads_ = 1 + dice_.roll(3);
    return {"--data",
            directory_.path(),
            "--sync",
            sync_,
            "--log-level",
            "warn",
            "--threads",
            std::to_string(threads_),
            "--segment-bytes",
            std::to_string(dice_.pick(std::array<int, 3>{1, 3'000, 100'000})),
            "--checkpoint-bytes",
            std::to_string(dice_.pick(std::array<int, 3>{1'024, 20'000, 200'000})),
            "--checkpoint-ratio",
            dice_.pick(std::array<std::string, 2>{"0.1", "1"})};
  }

  // False where it reached its crash point before it served.
  bool start(std::vector<std::string> arguments, bool may_die) {
    command_before_ = std::move(command_);
    command_.clear();
    for (const std::string& argument : arguments) command_ += argument + ' ';
    try {
      server_ = std::make_unique<ServerProcess>(std::move(arguments));
    } catch (const NotStarted& error) {
      if (!may_die || error.status != 128 + SIGKILL) throw;
      died_by_itself_ = true;
      return false;
    }
    return true;
  }

  // Runs a part of every client, at the same time.
  std::string together(Part part) {
    answers_before_ += std::exchange(answers_, 0);
    std::vector<std::string> wrongs(clients_.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      threads.emplace_back([this, part, i, &wrongs] { wrongs[i] = part(*this, *clients_[i]); });
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::string& wrong : wrongs) {
      if (!wrong.empty()) return wrong;
    }
    return "";
  }

  // The client with the last of so many answers kills the server while the others run, or all stop.
  std::string run(CrashClient& client) {
    std::string wrong = client.run(server_->port(), [this](std::size_t answers) {
      const std::lock_guard lock(mutex_);
      const bool reached = answers_ < goal_ && answers_ + answers >= goal_;
      answers_ += answers;
      if (reached && !stops_) server_->send_signal(SIGKILL);
      return !stops_ || answers_ < goal_;
    });
    const std::lock_guard lock(mutex_);
    died_by_itself_ = answers_ < goal_;
    return wrong;
  }

  // How many sessions exist in all.
  std::string count() {
    std::size_t least = 0;
    std::size_t most = 0;
    for (const auto& client : clients_) {
      least += client->live_least();
      most += client->live_most();
    }
    try {
      WebSocketClient client(server_->port());
      const std::string answer = client.ask(R"({"SH_INFO_ALL":{}})");
      constexpr std::string_view kTotal = R"("totalSessions":)";
      const std::size_t total = std::stoul(answer.substr(answer.find(kTotal) + kTotal.size()));
      if (total >= least && total <= most) return "";
      return answer + ", and there should be " + std::to_string(least) + " to " +
             std::to_string(most);
    } catch (const std::runtime_error&) {
      return "";  // it has ended
    }
  }

  // With an answer, or killed before it is read.
  void end_all() {
    bool answered = false;
    try {
      WebSocketClient client(server_->port());
      client.send_text(R"({"SH_END_ALL":{}})");
      answered = dice_.one_in(2) && client.read_frame().has_value();
    } catch (const std::runtime_error&) {
      answered = false;
    }
    for (const auto& client : clients_) client->all_ended(answered);
  }

  const TemporaryDirectory directory_;
  const std::string sync_;
  Dice dice_;
  std::vector<std::unique_ptr<CrashClient>> clients_;
  std::unique_ptr<ServerProcess> server_;
  std::size_t threads_ = 2;
  std::string command_;
  std::string command_before_;
  bool died_by_itself_ = false;

  std::mutex mutex_;
  bool whole_ = true;
  bool stops_ = false;
  std::size_t answers_ = 0;  // of this round
  std::size_t answers_before_ = 0;
  std::size_t goal_ = 0;
};

}  // namespace

class Crash : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(BySync, Crash, ::testing::Values("interval", "always"),
                         [](const auto& sync) { return std::string(sync.param); });

TEST_P(Crash, keeps_every_answered_change_and_none_by_half) {
  Crashes crashes(GetParam(), std::random_device{}());
  for (const std::string_view point : kCrashPoints) {
    const std::string wrong = crashes.round(point);
    ASSERT_TRUE(wrong.empty()) << "after " << point << ": " << wrong;
    EXPECT_TRUE(crashes.died_by_itself()) << point;
  }
  const char* const seconds = std::getenv("SESHDB_CRASH_SECONDS");
  const auto end = std::chrono::steady_clock::now() +
                   std::chrono::seconds(seconds == nullptr ? 0 : std::atoi(seconds)) / 2;
  int rounds = 0;
  do {
    const bool kill = crashes.dice().one_in(2);
    const std::string wrong = crashes.round(kill ? "" : crashes.dice().pick(kCrashPoints));
    ASSERT_TRUE(wrong.empty()) << "in round " << rounds << ": " << wrong;
  } while (++rounds < 4 || std::chrono::steady_clock::now() < end);
  std::cout << rounds << " crashes more, " << crashes.answers() << " answers\n";
}

}  // namespace seshdb::testing
