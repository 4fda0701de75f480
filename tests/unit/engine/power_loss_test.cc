// Runs of a core that end by a kill, a power failure or a clean stop, one after the other on one
// disk, some of whose syncs fail. Each finds the state after some commit, not older than the last
// state that was reported as safe. The state that a run finds is safe from its start on.
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <iostream>
#include <random>

#include "life.h"
#include "support/faulty_directory.h"

namespace seshdb::testing {

namespace {

using engine::LogSettings;
using engine::SyncLevel;
using Call = FaultyDirectory::Call;

LogSettings settings_for(SyncLevel sync, Dice& dice) {
  return {.sync = sync,
          .segment_bytes = 200 + dice.roll(6'000),
          .checkpoint_bytes = 2'000 + dice.roll(20'000),
          .checkpoint_ratio = dice.one_in(2) ? 1.0 : 0.1,
          .message_bytes_max = 10'000};
}

class Lives {
 public:
  Lives(SyncLevel sync, std::uint64_t seed)
      : sync_(sync), dice_(seed), directory_(std::make_unique<FaultyDirectory>(dice_.next())) {
    clock_.advance_ms(1'000);
  }

  // Returns the first error, or "".
  std::string run(int lives) {
    for (int i = 0; i < lives; ++i) {
      std::string wrong = dice_.one_in(3) ? fail_while_starting() : "";
      if (wrong.empty()) wrong = live();
      if (!wrong.empty()) return "life " + std::to_string(i) + ": " + wrong;
    }
    return "";
  }

 private:
  // Makes the disk fail while the directory is recovered, or soon after: for ever, until a power
  // failure, or once.
  std::string fail_while_starting() {
    const bool once = dice_.one_in(2);
    directory_->fail(Call::kChange, 1 + dice_.roll(20), EIO, !once);
    std::unique_ptr<FaultyDirectory> next;
    std::string wrong;
    {
      Life life(*directory_, clock_, settings_for(sync_, dice_));
      if (life.begin()) {
        wrong = check(life);
        since_safe_ = life.history;
      }
      if (!once) next = directory_->crash(dice_);
    }
    directory_->mend();
    if (once) {
      how_ += " and a fault at the start";
      return wrong;
    }
    directory_ = std::move(next);
    possible_ = since_safe_;
    how_ += " and a power failure at the start";
    return wrong;
  }

  [[nodiscard]] std::string check(const Life& life) const {
    const std::string& found = life.history.front();
    const bool is_possible = possible_.empty() || std::find(possible_.begin(), possible_.end(),
                                                            found) != possible_.end();
    return is_possible
               ? ""
               : how_ + ", then found\n" + found + "where the last was\n" + possible_.back();
  }

  std::string live() {
    std::unique_ptr<FaultyDirectory> next;
    {
      Life life(*directory_, clock_, settings_for(sync_, dice_));
      if (auto begun = life.begin(); !begun) return how_ + ", then " + begun.error();
      if (std::string wrong = check(life); !wrong.empty()) return wrong;
      if (dice_.one_in(3)) directory_->fail(Call::kSync, 1 + dice_.roll(20), EIO);
      for (std::size_t turns = dice_.roll(80); turns != 0; --turns) {
        life.turn(dice_);
        clock_.advance_ms(dice_.roll(200));
        if (dice_.one_in(3)) life.wait_for_sync();
      }
      next = end(life);
    }
    directory_->mend();
    if (next != nullptr) directory_ = std::move(next);
    return "";
  }

  // The disk as the next run finds it, where it differs.
  std::unique_ptr<FaultyDirectory> end(Life& life) {
    const bool stop = dice_.one_in(4);
    if (stop) life.close();
    const bool failed = life.log().storage() == engine::Storage::kFailed;
    const bool close = stop && !failed;
    const std::size_t safe = close ? life.history.size() - 1 : life.safe;
    since_safe_.assign(life.history.begin() + static_cast<std::ptrdiff_t>(safe),
                       life.history.end());
    how_ = close ? "after a stop" : "after a kill";
    if (failed) how_ = "after a failed sync and a kill";
    if (dice_.one_in(2)) {
      possible_ = {life.history.back()};
      return nullptr;
    }
    how_ += " by a power failure";
    possible_ = since_safe_;
    return directory_->crash(dice_);
  }

  const SyncLevel sync_;
  Dice dice_;
  ManualClock clock_;
  std::unique_ptr<FaultyDirectory> directory_;
  std::vector<std::string> possible_;    // the states that the next run may find
  std::vector<std::string> since_safe_;  // the same after a power failure before that
  std::string how_;
};

void run_lives(SyncLevel sync) {
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << '\n';
  for (std::uint64_t i = 0; i < 60 / SESHDB_TEST_SHARE; ++i) {
    Lives lives(sync, seed + i);
    const std::string wrong = lives.run(12);
    ASSERT_TRUE(wrong.empty()) << "with seed " << seed + i << ", " << wrong;
  }
}

}  // namespace

TEST(PowerLoss, takes_nothing_that_was_safe_where_every_commit_is_synced) {
  run_lives(SyncLevel::kAlways);
}
TEST(PowerLoss, takes_nothing_older_than_the_last_sync_where_there_is_one_now_and_then) {
  run_lives(SyncLevel::kInterval);
}
TEST(PowerLoss, leaves_what_some_commit_left_where_nothing_is_synced) {
  run_lives(SyncLevel::kOff);
}

}  // namespace seshdb::testing
