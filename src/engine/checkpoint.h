// Writes all sessions of a core, as they are at one moment, to a file, while the core goes on. The
// core's thread makes the records, a slice each turn; a worker writes them. The file gets its final
// name only when it is whole and on the disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/chunk_queue.h"
#include "base/worker.h"
#include "engine/file.h"
#include "engine/log_file.h"
#include "store/batch.h"
#include "store/snapshot.h"
#include "store/store.h"

namespace seshdb::engine {

class Checkpoint {
 public:
  enum class State : std::uint8_t { kIdle, kWalking, kFinishing, kDone, kFailed };

  /// All must outlive this object. `worker` does what may block.
  Checkpoint(Directory& directory, store::Store& store, Worker& worker);
  Checkpoint(const Checkpoint&) = delete;
  Checkpoint& operator=(const Checkpoint&) = delete;
  ~Checkpoint() = default;

  /// Begins a file of this name and header. REQUIRES: idle; all changes are committed.
  void begin(const std::string& name, const FileHeader& header, std::int64_t unix_offset_ms,
             std::uint64_t now_ms);
  /// Does a slice. Returns true if there is more to do at once. Any state.
  bool work();
  /// Gives up and removes the file. REQUIRES: walking.
  void abort() { fail(); }
  [[nodiscard]] State state() const { return state_; }
  /// After kDone or kFailed: ready for the next.
  void reset() { state_ = State::kIdle; }
  /// After kDone: the file's size.
  [[nodiscard]] std::uint64_t bytes() const { return file_->frames.position(); }
  /// After kFailed: the reason. Empty if all sessions were ended meanwhile, and after abort().
  [[nodiscard]] const std::string& fault() const { return file_->fault; }

 private:
  // Used by the worker's jobs; one job runs at a time.
  struct File {
    File(Directory& in, std::string file_name, const FileHeader& header)
        : directory(in), name(std::move(file_name)), frames(header) {}

    Directory& directory;
    std::string name;
    FrameWriter frames;
    std::unique_ptr<AppendFile> file;
    Buffer out;
    std::string fault;

    void check(std::string_view what, int error);
    void create();
    void append(const Buffer& records);
    void finish();
    void remove();
  };

  void hand_over();
  void fail();

  Directory& directory_;
  store::Store& store_;
  Worker& worker_;
  ChunkQueue chunks_;
  store::Batch batch_;
  std::optional<store::Snapshot> snapshot_;  // while walking
  std::shared_ptr<File> file_;
  State state_ = State::kIdle;
};

}  // namespace seshdb::engine
