// The threads of the cores. Each prepares its core on its own thread, so that the core's memory is
// its own from the first byte on, and waits for the others: then all cores run, or all threads end.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/core.h"

namespace seshdb::server {

/// Why `threads` cores cannot start, with the limit to raise. `error`: an errno.
[[nodiscard]] std::string no_room_for(std::size_t threads, int error);

class CoreThreads {
 public:
  /// On the core's thread; nothing, or what failed.
  using Prepare = std::function<std::optional<std::string>(std::uint32_t core)>;
  using Cores = std::vector<std::unique_ptr<core::Core>>;

  CoreThreads() = default;
  CoreThreads(const CoreThreads&) = delete;
  CoreThreads& operator=(const CoreThreads&) = delete;
  /// REQUIRES: none is left.
  ~CoreThreads();

  /// Starts a thread for each core and waits until all are prepared; calls `on_wait` once a second
  /// meanwhile. Nothing, or what failed. Then comes run() or end(). `cores` outlive it.
  [[nodiscard]] std::optional<std::string> start(const Cores& cores, Prepare prepare,
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
  std::vector<std::string> faults_;
};

}  // namespace seshdb::server
