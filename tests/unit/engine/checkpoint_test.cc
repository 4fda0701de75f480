// What a checkpoint stands for: everything before the segment it begins with, and nothing else.
#include "engine/checkpoint.h"

#include <gtest/gtest.h>

#include <thread>

#include "life.h"
#include "support/faulty_directory.h"
#include "support/stored_text.h"

namespace seshdb::testing {

// A core runs some requests after its commit (those that it had held back), so that there are
// changes which are in memory and not in the log yet.
TEST(Checkpoint, does_not_begin_between_a_change_and_its_commit) {
  FaultyDirectory directory;
  const ManualClock clock;
  const engine::LogSettings settings{.checkpoint_bytes = 1'024};
  {
    store::Store store;
    engine::Log log(directory, store, clock, kManifest, 0, settings, [] {});
    ASSERT_EQ(log.open({}), std::nullopt);
    store::Session& session = store.create(1, false, "", {}, clock.now_ms());
    (void)store.set(session, "k", "[]");
    (void)store.set(session, "padding", '"' + std::string(2'000, 'p') + '"');
    log.commit(clock.now_ms());
    ASSERT_EQ(store.append(session, "k", "1", 0, 9), Status::kOk);
    while (!log.has_news()) {  // the next segment is made ready
      std::this_thread::yield();
    }
    (void)log.poll();
    (void)log.work(clock.now_ms());
    log.commit(clock.now_ms());
    log.close();
  }
  store::Store store;
  ASSERT_EQ(recover(directory, store, clock, engine::Recovery::Mode::kStart), std::nullopt);
  EXPECT_EQ(text_of(*store.peek(1)->keys().find("k")), "[1]");
}

}  // namespace seshdb::testing
