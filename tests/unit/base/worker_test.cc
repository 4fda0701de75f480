// The order and the threads of jobs and their follow-ups.
#include "base/worker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

namespace seshdb {

TEST(Worker, runs_jobs_in_order_on_a_thread_of_its_own_and_what_follows_on_the_owners) {
  Worker worker([] {});
  std::vector<int> jobs;
  std::vector<int> followed;
  std::thread::id there;
  std::thread::id here;
  for (int i = 0; i < 100; ++i) {
    worker.post(
        [&, i] {
          jobs.push_back(i);
          there = std::this_thread::get_id();
        },
        [&, i] {
          followed.push_back(i);
          here = std::this_thread::get_id();
        });
  }
  worker.drain();
  EXPECT_EQ(jobs.size(), 100U);
  EXPECT_TRUE(std::is_sorted(jobs.begin(), jobs.end()));
  EXPECT_EQ(followed, jobs);
  EXPECT_EQ(here, std::this_thread::get_id());
  EXPECT_NE(there, here);
}

TEST(Worker, wakes_its_owner_when_a_job_is_done) {
  std::promise<void> woken;
  Worker worker([&woken] { woken.set_value(); });
  bool followed = false;
  worker.poll();
  EXPECT_FALSE(worker.any_done());
  worker.post([] {}, [&followed] { followed = true; });
  woken.get_future().wait();
  EXPECT_TRUE(worker.any_done());
  EXPECT_FALSE(followed);
  worker.poll();
  EXPECT_TRUE(followed);
  EXPECT_FALSE(worker.any_done());
}

TEST(Worker, waits_for_jobs_that_follow_other_jobs) {
  Worker worker([] {});
  std::atomic<int> count = 0;
  worker.post(
      [&] { ++count; },
      [&] { worker.post([&] { ++count; }, [&] { worker.post([&] { ++count; }, [] {}); }); });
  worker.drain();
  EXPECT_EQ(count, 3);
}

TEST(Worker, ends_after_all_jobs_and_does_not_do_what_was_to_follow) {
  std::atomic<int> jobs = 0;
  int followed = 0;
  {
    Worker worker([] {});
    for (int i = 0; i < 20; ++i) worker.post([&] { ++jobs; }, [&] { ++followed; });
  }
  EXPECT_EQ(jobs, 20);
  EXPECT_EQ(followed, 0);
}

TEST(Worker, without_a_thread_runs_jobs_at_once_and_what_follows_when_it_is_asked) {
  std::string order;
  Worker worker([&] { order += "wake "; }, 0, Worker::Where::kCaller);
  worker.post([&] { order += "job "; }, [&] { order += "done "; });
  order += "posted ";
  EXPECT_TRUE(worker.any_done());
  worker.poll();
  EXPECT_FALSE(worker.any_done());
  worker.post([&] { order += "job "; }, [&] { worker.post([&] { order += "last "; }, [] {}); });
  worker.drain();
  EXPECT_EQ(order, "job wake posted done job wake last wake ");
}

TEST(Worker, without_a_thread_may_run_jobs_when_it_is_polled) {
  std::string order;
  {
    Worker worker([] {}, 0, Worker::Where::kPoll);
    worker.post([&] { order += "job "; }, [&] { order += "done "; });
    order += "posted ";
    EXPECT_TRUE(worker.any_done()) << "poll() has something to do";
    worker.poll();
    EXPECT_FALSE(worker.any_done());
    worker.post([&] { order += "job "; }, [&] { worker.post([&] { order += "last "; }, [] {}); });
    worker.drain();
    worker.post([&] { order += "end "; }, [&] { order += "never "; });
  }
  EXPECT_EQ(order, "posted job done job last end ");
}

}  // namespace seshdb
