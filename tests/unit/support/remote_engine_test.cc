// The slow engine of the tests keeps what a real one elsewhere would keep.
#include "support/remote_engine.h"

#include <gtest/gtest.h>

#include <optional>

namespace seshdb::testing {

namespace {

class LastOutcome final : public engine::Events {
 public:
  void on_fetched(std::uint64_t /*token*/, engine::Fetched /*fetched*/) override {}
  void on_outcome(engine::Ticket /*ticket*/, engine::Outcome outcome) override {
    outcome_ = outcome;
  }
  [[nodiscard]] std::optional<engine::Outcome> outcome() const { return outcome_; }

 private:
  std::optional<engine::Outcome> outcome_;
};

}  // namespace

TEST(RemoteEngine, keeps_no_session_that_ends_while_the_commit_of_its_rotation_is_under_way) {
  int slow_ones = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    store::Store store;
    store::Batch changes;
    const ManualClock clock_of_core;
    ManualClock pace;
    RemoteEngine engine(store, clock_of_core, seed, {.conflicts = 0}, &pace);
    store.tell(&changes);
    store.set_tags(store.create(5, false, "", {}, 0), {"a"});
    (void)engine.commit(changes, 0);
    (void)store.rotate(*store.peek(5), 6);
    const engine::Committed rotation = engine.commit_session(5, changes, 0);
    if (rotation.outcome != engine::Outcome::kPending) continue;
    ++slow_ones;
    store.end(*store.peek(6));
    (void)engine.commit(changes, 0);
    pace.advance_ms(10);
    LastOutcome last;
    engine.poll(last);
    EXPECT_EQ(last.outcome(), engine::Outcome::kConflict);
    store::Store kept;
    engine.copy_to(kept);
    EXPECT_EQ(store.counts().sessions, 0U);
    EXPECT_EQ(kept.counts().sessions, 0U);
  }
  EXPECT_GT(slow_ones, 0);
}

}  // namespace seshdb::testing
