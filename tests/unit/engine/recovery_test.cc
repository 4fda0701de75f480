// Reading at a start: damage of every kind is refused with a message that names the place, and
// never read as another state. Repairs that fail at one start are made at a later one.
#include "engine/recovery.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <optional>

#include "life.h"
#include "support/faulty_directory.h"

namespace seshdb::testing {

namespace {

using engine::Recovery;
using engine::SyncLevel;
using Call = FaultyDirectory::Call;

// A directory with a checkpoint and some logs, and the states of the run that made it.
struct Made {
  explicit Made(bool close, std::uint64_t seed = 5, SyncLevel sync = SyncLevel::kAlways)
      : dice(seed), directory(dice.next()) {
    Life life(directory, clock,
              {.sync = sync,
               .segment_bytes = 500,
               .checkpoint_bytes = 3'000,
               .message_bytes_max = 10'000,
               .blocking_work = Worker::Where::kCaller});
    if (!life.begin()) throw std::runtime_error("it does not begin");
    while (!is_rich()) {
      life.turn(dice);
      clock.advance_ms(100);
      life.wait_for_sync();
    }
    if (close) life.close();
    history = life.history;
  }
  std::vector<std::string> names(std::string_view end = "") {
    std::vector<std::string> all;
    (void)directory.list(all);
    std::erase_if(all, [&](const std::string& name) {
      return name.size() < end.size() || name.substr(name.size() - end.size()) != end;
    });
    return all;
  }

  // A checkpoint, the logs behind it and none before.
  bool is_rich() {
    const std::vector<std::string> logs = names(".log");
    const std::vector<std::string> checkpoints = names(".checkpoint");
    return checkpoints.size() == 1 && logs.size() >= 4 &&
           checkpoints[0].substr(0, checkpoints[0].find('.')) ==
               logs[0].substr(0, logs[0].find('.'));
  }

  Dice dice;
  ManualClock clock;
  FaultyDirectory directory;
  std::vector<std::string> history;
};

// The result of a start: a state, or a fault.
struct Start {
  Start(FaultyDirectory& directory, const Clock& clock,
        Recovery::Mode mode = Recovery::Mode::kCheck) {
    if (const auto read = recover(directory, store, clock, mode, &report); !read) {
      fault = read.error();
    }
    state = dump(store);
  }
  store::Store store;
  engine::RecoveryReport report;
  std::optional<std::string> fault;
  std::string state;
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST(Recovery, finds_what_a_clean_stop_left) {
  Made made(true);
  const Start start(made.directory, made.clock);
  EXPECT_FALSE(start.fault) << *start.fault;
  EXPECT_EQ(start.state, made.history.back());
  EXPECT_TRUE(start.report.dropped.empty() && start.report.damage.empty());
  EXPECT_EQ(start.report.orphans, 0U);
}

TEST(Recovery, refuses_every_flipped_byte_and_says_where) {
  Made made(true);
  for (const std::string& name : made.names()) {
    const std::size_t bytes = made.directory.read_all(name).size();
    for (std::size_t at = 0; at < bytes; at += SESHDB_TEST_SHARE) {
      made.directory.flip_byte(name, at);
      const Start start(made.directory, made.clock);
      made.directory.flip_byte(name, at);
      if (!start.fault) {  // the closing frame of the last log, which is not needed
        ASSERT_EQ(start.state, made.history.back()) << name << " byte " << at;
        ASSERT_GE(at + engine::kFrameHeadBytes, bytes) << name << " byte " << at;
        continue;
      }
      ASSERT_TRUE(contains(*start.fault, "faulty/")) << *start.fault;
      ASSERT_TRUE(contains(*start.fault, ", byte ")) << *start.fault;
      ASSERT_TRUE(contains(*start.fault, "seshdb check")) << *start.fault;
    }
  }
}

// No frame follows the last one: only there, damage cannot be told from a crash.
TEST(Recovery, refuses_a_flip_in_what_a_killed_server_left_at_every_level) {
  for (const SyncLevel sync : {SyncLevel::kAlways, SyncLevel::kInterval, SyncLevel::kOff}) {
    Made made(false, 5, sync);
    std::size_t dropped = 0;
    const std::string checkpoint = made.names(".checkpoint").back();
    for (const std::string& name : made.names(".log")) {
      if (name < checkpoint.substr(0, checkpoint.find('.'))) continue;  // it is replaced
      const std::size_t bytes = made.directory.read_all(name).size();
      for (std::size_t at = 0; at < bytes; at += SESHDB_TEST_SHARE) {
        const unsigned bits = 1U << (at % 8);
        made.directory.flip_byte(name, at, bits);
        const Start start(made.directory, made.clock);
        made.directory.flip_byte(name, at, bits);
        if (start.fault) {
          ASSERT_TRUE(contains(*start.fault, "faulty/" + name + ", byte ")) << *start.fault;
          continue;
        }
        ++dropped;
        ASSERT_EQ(start.report.dropped.size(), 1U) << name << " byte " << at;
        const auto last = std::find(made.history.rbegin(), made.history.rend(), start.state);
        ASSERT_LE(last - made.history.rbegin(), 1) << name << " byte " << at;
      }
    }
    EXPECT_LT(dropped, 1'000U) << "a frame or two";
  }
}

TEST(Recovery, takes_a_file_that_was_cut_short_for_damage_or_for_a_crash) {
  Made made(true);
  const std::vector<std::string> logs = made.names(".log");
  for (const std::string& name : made.names()) {
    const std::string content = made.directory.read_all(name);
    for (std::size_t bytes = 0; bytes < content.size(); bytes += SESHDB_TEST_SHARE) {
      made.directory.put(name, std::string_view(content).substr(0, bytes));
      const Start start(made.directory, made.clock);
      if (start.fault) {
        ASSERT_TRUE(contains(*start.fault, "faulty/e1-c0-")) << *start.fault;
        continue;
      }
      // In the last log with frames this cannot be told from a crash; an empty log follows it.
      ASSERT_TRUE(name == logs.back() || name == logs[logs.size() - 2]) << name << ' ' << bytes;
      ASSERT_NE(std::find(made.history.begin(), made.history.end(), start.state),
                made.history.end());
    }
    made.directory.put(name, content);
  }
}

TEST(Recovery, refuses_to_do_without_a_file) {
  Made made(true);
  const std::vector<std::string> logs = made.names(".log");
  for (const std::string& name : made.names()) {
    const std::string content = made.directory.read_all(name);
    ASSERT_EQ(made.directory.remove(name), 0);
    const Start start(made.directory, made.clock);
    if (start.fault) {
      EXPECT_TRUE(contains(*start.fault, "missing")) << *start.fault;
    } else {  // at the end no other file refers to them
      EXPECT_TRUE(name == logs.back() || name == logs[logs.size() - 2]) << name;
      EXPECT_NE(std::find(made.history.begin(), made.history.end(), start.state),
                made.history.end());
    }
    made.directory.put(name, content);
  }
}

TEST(Recovery, misses_a_core_without_files_in_every_epoch_that_counts) {
  for (const std::uint32_t epoch : {0U, 1U, 2U}) {
    FaultyDirectory directory;
    std::atomic<std::uint64_t> bytes_read = 0;
    Recovery recovery(directory, {.epoch = epoch, .cores = 2}, 1, {}, Recovery::Mode::kCheck,
                      bytes_read);
    store::Store store;
    store::Replay replay(store, {}, 0, 0);
    const auto read = recovery.run(replay);
    const std::string fault = read ? "" : read.error();
    const std::string name = "e" + std::to_string(epoch) + "-c1-0000000001.log is missing";
    EXPECT_EQ(contains(fault, name), epoch != 0) << fault;
  }
}

TEST(Recovery, salvages_what_is_whole) {
  Made made(true);
  const std::string log = made.names(".log").front();
  made.directory.flip_byte(log, made.directory.read_all(log).size() / 2);
  const Start start(made.directory, made.clock, Recovery::Mode::kSalvage);
  EXPECT_FALSE(start.fault);
  ASSERT_FALSE(start.report.damage.empty());
  EXPECT_TRUE(contains(start.report.damage.front(), log)) << start.report.damage.front();
}

TEST(Recovery, tries_again_later_what_it_could_not_put_in_order) {
  for (std::size_t nth = 1; nth <= 25; ++nth) {
    for (const Call call : {Call::kChange, Call::kOpen, Call::kRead}) {
      Made made(false, nth);
      made.directory.fail(call, nth, EIO);
      const Start first(made.directory, made.clock, Recovery::Mode::kStart);
      if (first.fault) {
        EXPECT_TRUE(contains(*first.fault, "faulty")) << *first.fault;
        EXPECT_TRUE(contains(*first.fault, "Input/output error")) << *first.fault;
      } else {
        EXPECT_EQ(first.state, made.history.back());
      }
      made.directory.mend();
      const Start second(made.directory, made.clock, Recovery::Mode::kStart);
      ASSERT_FALSE(second.fault) << *second.fault;
      ASSERT_EQ(second.state, made.history.back());
      const Start third(made.directory, made.clock, Recovery::Mode::kStart);
      ASSERT_FALSE(third.fault) << *third.fault;
      ASSERT_EQ(third.state, made.history.back());
      ASSERT_TRUE(third.report.dropped.empty());
    }
  }
}

TEST(Recovery, makes_nothing_safe_that_is_gone_when_it_is_to_be_written_again) {
  int gone = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Made made(false, seed);
    Life life(made.directory, made.clock, {.sync = SyncLevel::kAlways, .segment_bytes = 500});
    ASSERT_TRUE(life.begin());
    made.directory.fail(Call::kSync, 4 + seed, EIO, true);
    while (life.log().storage() == engine::Storage::kGood) {
      life.turn(made.dice);
      made.clock.advance_ms(100);
      life.wait_for_sync();
    }
    made.directory.mend();
    made.directory.evict_at_reopen();
    const Start first(made.directory, made.clock, Recovery::Mode::kStart);
    EXPECT_EQ(first.state, life.history.back());
    if (!first.fault) continue;  // the first of the files to sync had nothing new
    ++gone;
    EXPECT_TRUE(contains(*first.fault, "start again")) << *first.fault;
    const Start second(made.directory, made.clock, Recovery::Mode::kStart);
    ASSERT_FALSE(second.fault) << *second.fault;
    const auto safe = life.history.begin() + static_cast<std::ptrdiff_t>(life.safe);
    EXPECT_NE(std::find(safe, life.history.end(), second.state), life.history.end());
  }
  EXPECT_GT(gone, 0);
}

TEST(Recovery, writes_again_of_what_a_clean_stop_left_the_closing_frame_alone) {
  Made made(true);
  const std::size_t before = made.directory.calls(Call::kRewrite);
  const Start start(made.directory, made.clock, Recovery::Mode::kStart);
  EXPECT_FALSE(start.fault);
  EXPECT_EQ(made.directory.calls(Call::kRewrite), before + 1);
}

TEST(Recovery, changes_nothing_where_it_only_looks) {
  Made made(false);
  const std::vector<std::string> names = made.names();
  std::vector<std::string> before;
  for (const std::string& name : names) before.push_back(made.directory.read_all(name));
  for (const auto mode : {Recovery::Mode::kCheck, Recovery::Mode::kSalvage}) {
    const Start start(made.directory, made.clock, mode);
    EXPECT_EQ(start.state, made.history.back());
    ASSERT_EQ(made.names(), names);
    for (std::size_t i = 0; i < names.size(); ++i) {
      EXPECT_EQ(made.directory.read_all(names[i]), before[i]);
    }
  }
}

}  // namespace seshdb::testing
