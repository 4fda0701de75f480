// A thread for jobs that may block: syncing, checkpoints, saves. Jobs run one after the other, in
// order. When a job has ended, the owner's next poll() runs its completion on the owner's thread.
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
    // For tests that must not depend on timing.
    kCaller,  // jobs run inside post()
    kPoll,    // jobs run inside the next poll()
  };

  /// `wake` is called on the thread of the jobs whenever a job has ended. `nice` is the thread's
  /// priority (setpriority(2)), 0 to 19; with a higher one the thread gives way to requests.
  explicit Worker(Act wake, int nice = 0, Where where = Where::kThread);
  /// Waits for all jobs. Does not run their completions.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // The owner's thread only, from here on.

  /// Runs `job` on the worker's thread, and then its completion `done` in a later poll().
  void post(Act job, Act done);
  /// True if poll() has a completion to run.
  [[nodiscard]] bool any_done() const { return any_done_.load(); }
  /// Runs the completions of the jobs that have ended.
  void poll();
  /// Waits for all jobs and runs their completions.
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
  std::deque<Task> tasks_;  // not begun yet
  std::deque<Act> done_;
  bool running_ = false;
  bool ending_ = false;
  std::atomic<bool> any_done_{false};
  const Where where_;
  std::thread thread_;  // with Where::kThread
};

}  // namespace seshdb
