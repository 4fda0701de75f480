// The core's thread fills chunks with records and posts them; the worker writes each as a frame.
// Neither waits for the other.
#include "engine/checkpoint.h"

#include <utility>

#include "base/check.h"
#include "base/crash_point.h"
#include "engine/layout.h"

namespace seshdb::engine {

void Checkpoint::File::check(std::string_view what, int error) {
  if (error != 0 && fault.empty()) fault = io_fault(directory, what, name, error);
}

void Checkpoint::File::create() {
  const std::string unfinished = name + std::string(kUnfinished);
  (void)directory.remove(unfinished);
  check("cannot create", directory.create(unfinished, file));
  frames.begin(out);
}

// Each frame says that everything before it is on the disk. That is true when the file gets its
// name.
void Checkpoint::File::append(const Buffer& records) {
  if (fault.empty()) {
    frames.frame(records.view(), frames.position(), out);
    crash_point("checkpoint-append");
    check("cannot write", file->append(out.view()));
    out.clear();
  }
}

void Checkpoint::File::finish() {
  if (!fault.empty()) return;
  frames.end(frames.position(), out);
  check("cannot write", file->append(out.view()));
  if (fault.empty()) check("cannot sync", file->sync());
  crash_point("checkpoint-rename");
  if (fault.empty()) {
    check("cannot rename", directory.rename(name + std::string(kUnfinished), name));
  }
  crash_point("checkpoint-renamed");
  if (fault.empty()) check("cannot sync", directory.sync());
}

void Checkpoint::File::remove() {
  file.reset();
  (void)directory.remove(name + std::string(kUnfinished));
}

Checkpoint::Checkpoint(Directory& directory, store::Store& store, Worker& worker)
    : directory_(directory), store_(store), worker_(worker), chunks_(worker) {}

void Checkpoint::begin(const std::string& name, const FileHeader& header,
                       std::int64_t unix_offset_ms, std::uint64_t now_ms) {
  SESHDB_CHECK(state_ == State::kIdle);
  file_ = std::make_shared<File>(directory_, name, header);
  worker_.post([file = file_] { file->create(); }, [] {});
  batch_.set_unix_offset_ms(unix_offset_ms);
  batch_.clock(unix_offset_ms, now_ms);  // the log that has the time is removed afterwards
  snapshot_.emplace(store_, batch_, [this] {
    if (batch_.size() >= ChunkQueue::kChunkBytes) hand_over();
  });
  state_ = State::kWalking;
}

void Checkpoint::hand_over() {
  chunks_.post(batch_.take(), [file = file_](const Buffer& records) { file->append(records); });
}

bool Checkpoint::work() {
  if (state_ != State::kWalking) return false;
  if (!snapshot_->is_under_way()) {  // all sessions were ended
    fail();
    return false;
  }
  if (chunks_.is_full()) return false;
  const bool all = snapshot_->write_some(ChunkQueue::kSliceBytes);
  if (batch_.size() >= ChunkQueue::kChunkBytes) hand_over();
  if (!all) return true;
  snapshot_.reset();
  if (!batch_.empty()) hand_over();
  state_ = State::kFinishing;
  worker_.post([file = file_] { file->finish(); },
               [this, file = file_] {
                 if (file->fault.empty()) {
                   state_ = State::kDone;
                 } else {
                   fail();
                 }
               });
  return false;
}

void Checkpoint::fail() {
  snapshot_.reset();
  (void)batch_.take();
  state_ = State::kFinishing;  // the worker may still write to it
  worker_.post([file = file_] { file->remove(); }, [this] { state_ = State::kFailed; });
}

}  // namespace seshdb::engine
