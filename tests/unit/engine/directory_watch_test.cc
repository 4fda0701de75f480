// One check per second notices that the data directory was replaced.
#include "engine/directory_watch.h"

#include <gtest/gtest.h>

#include "support/faulty_directory.h"

namespace seshdb::engine {

TEST(DirectoryWatch, asks_once_a_second_and_tells_that_the_directory_was_replaced) {
  testing::FaultyDirectory directory;
  Worker worker([] {}, 0, Worker::Where::kCaller);
  int replaced = 0;
  DirectoryWatch watch(directory, worker, [&] { ++replaced; });
  watch.work(0);
  worker.poll();
  directory.replace();
  watch.work(999);
  worker.poll();
  EXPECT_EQ(replaced, 0) << "not due yet";
  watch.work(1'000);
  EXPECT_EQ(replaced, 0) << "told from poll()";
  watch.work(2'000);
  worker.poll();
  EXPECT_EQ(replaced, 1) << "one question at a time";
}

}  // namespace seshdb::engine
