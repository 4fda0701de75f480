// A core's part of a save: its sessions, written to one file while the core goes on serving. A
// slice each loop turn on the core's thread; compressing and the disk's part on a worker's.
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
  /// Begins. `share` and `worker` outlive it.
  SavePart(std::shared_ptr<SaveJob> job, const Share& share, Worker& worker);
  SavePart(const SavePart&) = delete;
  SavePart& operator=(const SavePart&) = delete;
  ~SavePart() = default;

  /// Does a slice; true where there is more to do at once.
  bool work();
  /// The file is whole and on the disk, or it failed; nobody writes any more.
  [[nodiscard]] bool done() const { return done_; }
  /// Once it is done.
  [[nodiscard]] Outcome result() const;

 private:
  struct File;

  // The next session to save, 0 for none; moves on.
  [[nodiscard]] std::uint64_t next_token();
  [[nodiscard]] std::size_t write_session(std::uint64_t token);
  void hand_over();
  void finish();

  std::shared_ptr<SaveJob> job_;
  const Share& share_;
  Worker& worker_;
  ChunkQueue chunks_;
  std::shared_ptr<File> file_;
  Buffer lines_;
  std::vector<std::uint64_t> tokens_;  // to be saved next
  std::size_t at_ = 0;                 // so many of them are
  std::uint64_t hash_ = 0;             // where the walk over all sessions stands
  bool walked_ = false;                // no more come into tokens_
  store::Counts counts_;
  std::string fault_;
  bool finishing_ = false;
  bool done_ = false;
};

}  // namespace seshdb::save
