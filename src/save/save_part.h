// A core's part of a save: it writes the core's sessions to one file while the core serves. The
// core's thread copies a slice in each turn of its loop. A worker compresses and writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/buffer.h"
#include "base/chunk_queue.h"
#include "base/worker.h"
#include "save/outcome.h"
#include "save/save_job.h"
#include "save/share.h"

namespace seshdb::save {

class SavePart {
 public:
  /// Begins to write. `share` and `worker` must outlive it.
  SavePart(std::shared_ptr<SaveJob> job, const Share& share, Worker& worker);
  SavePart(const SavePart&) = delete;
  SavePart& operator=(const SavePart&) = delete;
  ~SavePart() = default;

  /// Does a slice. Returns true if there is more to do at once.
  bool work();
  /// The file is complete and synced, or the part has failed. The worker has nothing to do for it.
  [[nodiscard]] bool done() const { return done_; }
  /// REQUIRES: done().
  [[nodiscard]] Outcome result() const;

 private:
  struct File;

  // The token of the next session to save; 0 at the end.
  [[nodiscard]] std::uint64_t next_token();
  // Is it one of those that the client named, if it named some, by their whole tokens?
  [[nodiscard]] bool is_asked_for(const store::Session& session) const;
  [[nodiscard]] std::size_t write_session(std::uint64_t token);
  void flush();
  void finish();

  std::shared_ptr<SaveJob> job_;
  const Share& share_;
  Worker& worker_;
  ChunkQueue chunks_;
  std::shared_ptr<File> file_;
  Buffer lines_;
  std::vector<std::uint64_t> tokens_;  // sessions to save next
  std::size_t at_ = 0;                 // index of the next one in tokens_
  std::uint64_t hash_ = 0;             // position of the walk over all sessions
  bool walked_ = false;                // the walk is over: tokens_ gets no more
  store::Counts counts_;
  std::string fault_;
  bool finishing_ = false;
  bool done_ = false;
};

}  // namespace seshdb::save
