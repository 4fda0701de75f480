// A checkpoint holds everything before the segment it begins with, and nothing else.
#include "engine/checkpoint.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "life.h"
#include "support/faulty_directory.h"
#include "support/stored_text.h"

namespace seshdb::testing {

// A core runs some requests after its commit (those that it had held back), so that there are
// changes which are in memory and not in the log yet.
TEST(Checkpoint, does_not_begin_between_a_change_and_its_commit) {
  FaultyDirectory directory;
  const ManualClock clock;
  const engine::LogSettings settings{.checkpoint_bytes = 1'024,
                                     .blocking_work = Worker::Where::kCaller};
  const auto has_begun = [&directory] {
    std::vector<std::string> names;
    EXPECT_EQ(directory.list(names), 0);
    return std::any_of(names.begin(), names.end(), [](const std::string& name) {
      return name.find("checkpoint") != std::string::npos;
    });
  };
  {
    LoggedStore core(directory, clock, settings);
    ASSERT_TRUE(core.open());
    store::Session& session = core.store.create(1, false, "", {}, clock.now_ms());
    (void)core.store.set(session, "k", "[]");
    (void)core.store.set(session, "padding", '"' + std::string(2'000, 'p') + '"');
    (void)core.commit();
    ASSERT_EQ(core.store.append(session, "k", "1", 0, 9), Status::kOk);
    core.poll();  // the next segment is ready
    (void)core.log.work(clock.now_ms());
    EXPECT_FALSE(has_begun());
    (void)core.commit();
    EXPECT_TRUE(has_begun());
    while (core.log.work(clock.now_ms())) {
    }
    core.log.close(core.changes);
  }
  store::Store store;
  ASSERT_TRUE(recover(directory, store, clock, engine::Recovery::Mode::kStart));
  EXPECT_EQ(text_of(*store.peek(1)->keys().find("k")), "[1]");
}

}  // namespace seshdb::testing
