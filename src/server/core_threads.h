// The threads of the cores. Each thread prepares its core, so that it allocates all memory of the
// core itself, and waits for the others. Then all cores run, or all threads end.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "core/core.h"

namespace seshdb::server {

/// The message for `threads` threads that cannot start, with the limit to raise. `error`: an errno.
[[nodiscard]] std::string no_room_for(std::size_t threads, int error);

class CoreThreads {
 public:
  /// Prepares a core, on the core's thread.
  using Prepare = std::function<Result<void>(std::uint32_t core)>;
  using Cores = std::vector<std::unique_ptr<core::Core>>;

  CoreThreads() = default;
  CoreThreads(const CoreThreads&) = delete;
  CoreThreads& operator=(const CoreThreads&) = delete;
  /// REQUIRES: all threads have ended.
  ~CoreThreads();

  /// Starts a thread for each core and waits until all cores are prepared; calls `on_wait` once a
  /// second meanwhile. Gives the first error. Call run() or end() after it, end() after an error.
  /// `cores` must outlive this object.
  [[nodiscard]] Result<void> start(const Cores& cores, Prepare prepare,
                                   const std::function<void()>& on_wait);
  /// Lets the cores run.
  void run() { decide(Go::kRun); }
  /// Ends the threads without running their cores.
  void end();
  /// Waits for the threads to end.
  void join();

  [[nodiscard]] std::size_t size() const { return threads_.size(); }

 private:
  enum class Go : std::uint8_t { kWait, kRun, kEnd };

  void run_thread(core::Core& core, std::uint32_t index);
  void decide(Go go);

  Prepare prepare_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t missing_ = 0;  // threads that are not prepared yet
  Go go_ = Go::kWait;
  std::vector<std::string> faults_;  // of prepare_
};

}  // namespace seshdb::server
