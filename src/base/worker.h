// A thread for jobs that may block: syncing, checkpoints, saves. Jobs run one after the other, in
// order. What follows a job runs on the owner's thread, in its next poll().
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace seshdb {

class Worker {
 public:
  using Act = std::function<void()>;

  enum class Where : std::uint8_t {
    kThread,
    // For tests in which nothing may depend on timing.
    kCaller,  // jobs run inside post()
    kPoll,    // jobs run inside the next poll()
  };

  /// `wake` is called, where the jobs run, whenever one is done. `nice`: as setpriority(2) has it,
  /// 0 to 19, of the thread alone; with more, requests come first where processors are short.
  explicit Worker(Act wake, int nice = 0, Where where = Where::kThread);
  /// Ends after all jobs; what was to follow them does not happen.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Owner's thread only, from here on.

  /// Runs `job` on the worker's thread and then, in some later poll(), `done` on the owner's.
  void post(Act job, Act done);
  [[nodiscard]] bool any_done() const { return any_done_.load(); }
  /// Does what follows the jobs that are done.
  void poll();
  /// Waits until all jobs are done, and what follows them.
  void drain();

 private:
  struct Task {
    Act job;
    Act done;
  };
  void run(int nice);
  void note_done(Act done);
  void finish_done();
  void run_posted();

  Act wake_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> tasks_;  // the first may be running
  std::deque<Act> done_;
  bool running_ = false;
  bool ending_ = false;
  std::atomic<bool> any_done_{false};
  const Where where_;
  std::thread thread_;  // with Where::kThread
};

}  // namespace seshdb
