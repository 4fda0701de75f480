// A core's part of a load: the sessions of a save that it owns. A worker reads and checks them;
// the core's thread makes them, a slice each loop turn.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/worker.h"
#include "save/folder.h"
#include "save/outcome.h"
#include "save/restorer.h"
#include "save/save_job.h"
#include "save/share.h"

namespace seshdb::save {

class LoadPart {
 public:
  /// Begins. `share` and `worker` outlive it. `commit` makes the engine take what was changed so
  /// far, and brings share.storage up to date.
  LoadPart(std::shared_ptr<SaveJob> job, const Share& share, Worker& worker,
           std::function<void()> commit);
  LoadPart(const LoadPart&) = delete;
  LoadPart& operator=(const LoadPart&) = delete;
  ~LoadPart() = default;

  /// As SavePart's.
  bool work();
  [[nodiscard]] bool done() const {
    return !reading_ && (last_ || job_->failed) && batches_.empty();
  }
  [[nodiscard]] Outcome result() const;

 private:
  struct Batch {
    std::vector<SavedSession> sessions;
    bool last = false;
    std::string fault;
  };

  void read_more();
  void take(std::shared_ptr<Batch> batch);
  void fail(std::string fault);

  std::shared_ptr<SaveJob> job_;
  const Share& share_;
  Worker& worker_;
  Restorer restorer_;
  std::shared_ptr<SaveReader> reader_;  // the worker's
  bool reading_ = false;
  bool last_ = false;  // no more come into batches_
  std::deque<std::shared_ptr<Batch>> batches_;
  std::size_t at_ = 0;  // so many sessions of the first batch are made
  std::string fault_;
};

}  // namespace seshdb::save
