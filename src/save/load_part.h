// A core's part of a load: it makes the sessions of a save that the core owns. A worker reads and
// checks them. The core's thread makes them, a slice in each turn of its loop, and never blocks.
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
  /// Begins to read. `share` and `worker` must outlive it. `commit` commits to the engine what was
  /// changed so far, and updates share.storage.
  LoadPart(std::shared_ptr<SaveJob> job, const Share& share, Worker& worker,
           std::function<void()> commit);
  LoadPart(const LoadPart&) = delete;
  LoadPart& operator=(const LoadPart&) = delete;
  ~LoadPart() = default;

  /// Does a slice. Returns true if there is more to do at once.
  bool work();
  /// No more sessions will be made, and the worker has nothing to do for this part.
  [[nodiscard]] bool done() const {
    return !reading_ && (last_ || job_->failed) && batches_.empty();
  }
  /// REQUIRES: done().
  [[nodiscard]] Outcome result() const;

 private:
  struct Batch {
    std::vector<SavedSession> sessions;
    bool last = false;
    Result<void> result;  // an error: the batch is the last one
  };

  static void read(SaveReader& reader, const SaveJob& job, Batch& batch);
  void read_more();
  void add(std::shared_ptr<Batch> batch);
  void stop(std::string fault);

  std::shared_ptr<SaveJob> job_;
  const Share& share_;
  Worker& worker_;
  Restorer restorer_;
  std::shared_ptr<SaveReader> reader_;  // used on the worker's thread only
  bool reading_ = false;
  bool last_ = false;  // batches_ gets no more
  std::deque<std::shared_ptr<Batch>> batches_;
  std::size_t at_ = 0;  // index of the next session in the first batch
  std::string fault_;
};

}  // namespace seshdb::save
