// One lock for both queues is enough: there are at most a few hundred jobs a second.
#include "base/worker.h"

#include <sys/resource.h>

#include <utility>

namespace seshdb {

Worker::Worker(Act wake, int nice, Where where) : wake_(std::move(wake)), where_(where) {
  if (where == Where::kThread) thread_ = std::thread([this, nice] { run(nice); });
}

Worker::~Worker() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  run_posted();
}

void Worker::run(int nice) {
  if (nice != 0) (void)setpriority(PRIO_PROCESS, 0, nice);  // of a thread, under Linux
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return !tasks_.empty() || ending_; });
    if (tasks_.empty()) return;
    Task task = std::move(tasks_.front());
    tasks_.pop_front();
    running_ = true;
    lock.unlock();
    task.job();
    lock.lock();
    running_ = false;
    note_done(std::move(task.done));
    lock.unlock();
    wake_();
    lock.lock();
  }
}

// REQUIRES: the mutex is locked, or there is no thread.
void Worker::note_done(Act done) {
  done_.push_back(std::move(done));
  any_done_.store(true);
  changed_.notify_all();
}

void Worker::post(Act job, Act done) {
  if (where_ == Where::kCaller) {
    job();
    note_done(std::move(done));
    wake_();
    return;
  }
  if (where_ == Where::kPoll) any_done_.store(true);  // or will be, in poll()
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back({std::move(job), std::move(done)});
  }
  changed_.notify_all();
}

void Worker::poll() {
  if (any_done_.load(std::memory_order_acquire)) finish_done();
}

// Where::kPoll: there is no thread that would have.
void Worker::run_posted() {
  for (Task& task : std::exchange(tasks_, {})) {
    task.job();
    note_done(std::move(task.done));
  }
}

void Worker::finish_done() {
  if (where_ == Where::kPoll) run_posted();
  std::deque<Act> done;
  {
    const std::lock_guard lock(mutex_);
    done.swap(done_);
    any_done_.store(false, std::memory_order_relaxed);
  }
  for (const Act& act : done) act();
}

void Worker::drain() {
  for (;;) {
    if (where_ == Where::kPoll) run_posted();
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return (tasks_.empty() && !running_) || !done_.empty(); });
      if (done_.empty()) return;
    }
    finish_done();
  }
}

}  // namespace seshdb
