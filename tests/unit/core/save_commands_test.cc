// SH_SAVE and SH_LOAD on two cores: the steps in order, what each waits for, and the answers when a
// step fails. With real savers in a temporary folder.
#include "core/save_commands.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/logging.h"
#include "store/owner.h"
#include "support/core_parts.h"
#include "support/no_messages.h"
#include "support/temporary_directory.h"

namespace seshdb::core {

namespace {

using engine::Fetched;
using store::Storage;
using testing::CallOf;
using testing::CoreParts;

// A core with the parts that saves need, and the messages to it from the others.
struct Core : CoreParts, testing::NoMessages {
  Core(Shared& shared, ManualClock& clock, std::uint32_t index, const std::string& root)
      : CoreParts(shared, clock, index),
        saver(
            {.store = store,
             .clock = clock,
             .secret = shared.secret,
             .depth_max = shared.bounds.depth,
             .core = index,
             .cores = context.core.cores},
            root, [] {}, [this] { return context.turn.storage; }),
        gathers(executor, committer, exchange, outbox),
        saves(executor, gathers, exchange, outbox, saver, shared.saving) {}

  void turn() {
    exchange.receive(*this);
    (void)saver.work(context.turn.now_ms, false, context.turn.storage);
    exchange.leave(turn_came_to);
    exchange.send_calls();
    exchange.send_answers();
  }
  using NoMessages::on_message;
  std::uint32_t sender = 0;
  void on_parcel(std::uint32_t from, Parcel& /*parcel*/) { sender = from; }
  void on_message(SavePartRequest&& request) {
    ++parts;
    saves.take(sender, std::move(request));
  }
  void on_message(SavePartAnswer&& answer) {
    if (++part_answers == 2) context.turn.storage = storage_after_parts;
    saves.add(answer);
  }

  int parts = 0;  // that it was asked for
  int part_answers = 0;
  engine::Committed turn_came_to{};
  Storage storage_after_parts = Storage::kGood;
  save::Saver saver;
  Gathers gathers;
  SaveCommands saves;
};

class SaveCommandsTest : public ::testing::Test {
 protected:
  SaveCommandsTest() {
    logging::set_level(logging::Level::kOff);
    shared_.add_cores(2);
    make_cores();
  }
  // Cores without sessions.
  void make_cores() {
    cores_.clear();
    for (std::uint32_t i = 0; i < 2; ++i) {
      cores_.push_back(std::make_unique<Core>(shared_, clock_, i, folder_.path()));
    }
  }
  void make_sessions(std::uint64_t count) {
    for (std::uint64_t token = 1; token <= count; ++token) {
      store::Store& store = cores_[store::owner_of(token, 2)]->store;
      (void)store.set(store.create(token, false, "", {}, clock_.now_ms()), "k", "1");
    }
  }
  [[nodiscard]] std::size_t sessions() const {
    return cores_[0]->store.counts().sessions + cores_[1]->store.counts().sessions;
  }

  CoreParts::Asked ask(const std::string& command) {
    const CoreParts::Asked asked = first().ask();
    const CallOf of(first().executor, "{\"" + command + R"(":{"name":"all"}})");
    first().saves.begin(asked.from, of.call());
    return asked;
  }
  void turn_both() {
    for (const auto& core : cores_) core->turn();
    std::this_thread::yield();
  }
  void turn_until(const std::function<bool()>& is_reached) {
    while (!is_reached()) turn_both();
  }
  // The answer, once it is there.
  std::string answer_to(const CoreParts::Asked& asked) {
    std::string answer;
    turn_until([&] { return !(answer = first().told(asked)).empty(); });
    return answer;
  }
  std::string run(const std::string& command) { return answer_to(ask(command)); }
  Core& first() { return *cores_[0]; }
  Core& second() { return *cores_[1]; }
  [[nodiscard]] bool is_saved() const {
    return !std::filesystem::is_empty(std::filesystem::path(folder_.path()));
  }

  const testing::TemporaryDirectory folder_;
  ManualClock clock_;
  Shared shared_{.clock = clock_, .secret = {}, .connections = {.clock = clock_}};
  std::vector<std::unique_ptr<Core>> cores_;
};

bool has(const std::string& answer, const std::string& part) {
  return answer.find(part) != std::string::npos;
}

}  // namespace

TEST_F(SaveCommandsTest, save_and_load_the_sessions_of_all_cores) {
  make_sessions(20);
  const std::string saved = run("SH_SAVE");
  EXPECT_TRUE(has(saved, R"("st":121)")) << saved;
  EXPECT_FALSE(shared_.saving.load());
  EXPECT_EQ(first().parts, 1);
  EXPECT_EQ(second().parts, 1);
  make_cores();
  const std::string loaded = run("SH_LOAD");
  EXPECT_TRUE(has(loaded, R"("st":141)") && has(loaded, R"("sessions":20)")) << loaded;
  EXPECT_EQ(sessions(), 20U);
}

TEST_F(SaveCommandsTest, tell_how_long_it_took) {
  const CoreParts::Asked asked = ask("SH_SAVE");
  clock_.advance_ms(1'234);
  EXPECT_TRUE(has(answer_to(asked), "1234"));
}

TEST_F(SaveCommandsTest, one_is_under_way_at_a_time_whoever_asks) {
  const CoreParts::Asked asked = ask("SH_SAVE");
  EXPECT_TRUE(shared_.saving.load());
  const std::string refused = first().told(ask("SH_SAVE"));
  EXPECT_TRUE(has(refused, R"("st":123)")) << refused;
  const std::string other = first().told(ask("SH_LOAD"));
  EXPECT_TRUE(has(other, R"("st":142)")) << other;
  EXPECT_TRUE(has(answer_to(asked), R"("st":121)")) << "the first goes on";
  EXPECT_TRUE(has(run("SH_SAVE"), R"("st":121)")) << "and then there is room for another";
}

TEST_F(SaveCommandsTest, no_core_is_asked_for_a_part_where_the_preparation_fails) {
  EXPECT_TRUE(has(run("SH_LOAD"), R"("st":142)")) << "there is no such save";
  for (int i = 0; i < 3; ++i) turn_both();
  EXPECT_EQ(first().parts + second().parts, 0);
  EXPECT_FALSE(shared_.saving.load());
}

TEST_F(SaveCommandsTest, a_part_waits_until_its_sessions_are_fetched) {
  second().engine->remote = true;
  const CoreParts::Asked asked = ask("SH_SAVE");
  turn_until([&] { return !second().engine->fetched.empty(); });
  for (int i = 0; i < 100; ++i) turn_both();
  EXPECT_EQ(first().told(asked), "");
  EXPECT_TRUE(shared_.saving.load());
  make_sessions(20);
  second().gathers.on_fetched(Fetched::kReady);
  const std::string saved = answer_to(asked);
  EXPECT_TRUE(has(saved, R"("st":121)")) << saved;
}

TEST_F(SaveCommandsTest, where_sessions_cannot_be_fetched_there_is_no_success) {
  make_sessions(20);
  ASSERT_TRUE(has(run("SH_SAVE"), R"("st":121)"));
  second().engine->remote = true;
  second().engine->fetches = Fetched::kRefused;
  EXPECT_TRUE(has(run("SH_SAVE"), R"("st":123)")) << "a save of one core's sessions is none";
  EXPECT_TRUE(has(run("SH_LOAD"), R"("st":142)"));
  EXPECT_FALSE(shared_.saving.load());
}

TEST_F(SaveCommandsTest, a_load_whose_part_is_lost_is_no_success_and_a_save_is) {
  make_sessions(20);
  second().turn_came_to = {engine::Outcome::kLost, 0};
  EXPECT_TRUE(has(run("SH_SAVE"), R"("st":121)")) << "it is in its folder";
  make_cores();
  second().turn_came_to = {engine::Outcome::kLost, 0};
  const std::string loaded = run("SH_LOAD");
  EXPECT_TRUE(has(loaded, R"("st":142)")) << loaded;
  EXPECT_EQ(sessions(), 20U) << "all parts were waited for";
}

TEST_F(SaveCommandsTest, a_load_is_no_success_where_the_disk_fails_after_its_parts_and_a_save_is) {
  make_sessions(20);
  first().storage_after_parts = Storage::kFailed;
  EXPECT_TRUE(has(run("SH_SAVE"), R"("st":121)")) << "it is in its folder";
  make_cores();
  first().storage_after_parts = Storage::kFailed;
  const std::string loaded = run("SH_LOAD");
  EXPECT_TRUE(has(loaded, R"("st":142)") && has(loaded, "the disk has failed")) << loaded;
}

TEST_F(SaveCommandsTest, what_could_not_be_saved_leaves_no_folder) {
  make_sessions(20);
  second().engine->remote = true;
  const CoreParts::Asked asked = ask("SH_SAVE");
  turn_until([&] { return !second().engine->fetched.empty(); });
  EXPECT_TRUE(is_saved()) << "its folder is there, without its name";
  std::filesystem::remove_all(folder_.path());  // parts can be written nowhere
  second().gathers.on_fetched(Fetched::kReady);
  const std::string saved = answer_to(asked);
  EXPECT_TRUE(has(saved, R"("st":123)")) << saved;
  EXPECT_FALSE(std::filesystem::exists(folder_.path()));
}

}  // namespace seshdb::core
