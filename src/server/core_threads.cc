// All threads wait at one barrier, between preparing their cores and run() or end().
#include "server/core_threads.h"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/check.h"

namespace seshdb::server {

std::string no_room_for(std::size_t threads, int error) {
  std::string limit;
  switch (error) {
    case EMFILE:
      limit = "; raise the limit on open files (ulimit -Hn) or use fewer --threads";
      break;
    case ENFILE:
      limit = "; raise the machine's limit on open files (sysctl fs.file-max)";
      break;
    case ENOSPC:
      limit = "; raise the user's limit on watches (sysctl fs.epoll.max_user_watches)";
      break;
    case EAGAIN:
      limit =
          "; raise the limit on processes (ulimit -u), which counts threads, or use fewer "
          "--threads";
      break;
    default:
      break;
  }
  return "cannot start " + std::to_string(threads) + " threads: " + std::strerror(error) + limit;
}

CoreThreads::~CoreThreads() { SESHDB_CHECK(threads_.empty()); }

Result<void> CoreThreads::start(const Cores& cores, Prepare prepare,
                                const std::function<void()>& on_wait) {
  SESHDB_CHECK(threads_.empty());
  prepare_ = std::move(prepare);
  missing_ = cores.size();
  Result<void> started;
  for (std::uint32_t i = 0; i < cores.size() && started; ++i) {
    try {
      threads_.emplace_back([this, &core = *cores[i], i] { run_thread(core, i); });
    } catch (const std::system_error& error) {
      const std::lock_guard lock(mutex_);
      missing_ -= cores.size() - i;
      started = fail(no_room_for(cores.size(), error.code().value()));
    }
  }
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, std::chrono::seconds(1), [this] { return missing_ == 0; })) {
    on_wait();
  }
  if (started && !faults_.empty()) started = fail(faults_.front());
  return started;
}

void CoreThreads::run_thread(core::Core& core, std::uint32_t index) {
  Result<void> prepared = prepare_(index);
  {
    std::unique_lock lock(mutex_);
    if (!prepared) faults_.push_back(std::move(prepared.error()));
    --missing_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return go_ != Go::kWait; });
    if (go_ == Go::kEnd) return;
  }
  core.run();
}

void CoreThreads::decide(Go go) {
  {
    const std::lock_guard lock(mutex_);
    go_ = go;
  }
  changed_.notify_all();
}

void CoreThreads::end() {
  decide(Go::kEnd);
  join();
}

void CoreThreads::join() {
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace seshdb::server
