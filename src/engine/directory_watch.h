// Checks once a second that the data directory is still at its path. If it was removed or replaced,
// no start would find what is written to it.
#pragma once

#include <cstdint>
#include <functional>

#include "base/worker.h"
#include "engine/file.h"

namespace seshdb::engine {

class DirectoryWatch {
 public:
  /// All must outlive this object. `on_replaced` is called from the worker's poll() or drain().
  DirectoryWatch(const Directory& directory, Worker& worker, std::function<void()> on_replaced);

  /// Begins a check if one is due. It runs on the worker's thread: the path may lead over a
  /// network.
  void work(std::uint64_t now_ms);

 private:
  const Directory& directory_;
  Worker& worker_;
  const std::function<void()> on_replaced_;
  bool is_checking_ = false;
  std::uint64_t due_ms_ = 0;
};

}  // namespace seshdb::engine
