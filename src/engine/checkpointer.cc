// Removes old files only after the checkpoint has its name and is on the disk.
#include "engine/checkpointer.h"

#include <algorithm>

#include "base/check.h"
#include "base/crash_point.h"
#include "base/logging.h"

namespace seshdb::engine {

namespace {
constexpr std::uint64_t kRetryMs = 30'000;
}  // namespace

Checkpointer::Checkpointer(const CoreFiles& files, store::Store& store, Worker& worker,
                           const Threshold& threshold)
    : files_(files),
      worker_(worker),
      threshold_(threshold),
      checkpoint_(files.directory(), store, worker) {}

void Checkpointer::open(std::uint64_t log_bytes, std::uint64_t checkpoint_bytes) {
  log_bytes_ = log_bytes;
  checkpoint_bytes_ = checkpoint_bytes;
}

bool Checkpointer::is_due(std::uint64_t now_ms) const {
  if (checkpoint_.state() != Checkpoint::State::kIdle || now_ms < retry_ms_) return false;
  const double grown = static_cast<double>(checkpoint_bytes_) * threshold_.ratio;
  return log_bytes_ > threshold_.log_bytes && static_cast<double>(log_bytes_) > grown;
}

void Checkpointer::begin(std::uint64_t sequence, std::int64_t unix_offset_ms,
                         std::uint64_t now_ms) {
  SESHDB_CHECK(sequence > sequence_);  // else the new file would replace the last checkpoint
  sequence_ = sequence;
  replaced_bytes_ = log_bytes_;
  checkpoint_.begin(files_.name(FileKind::kCheckpoint, sequence),
                    files_.header(FileKind::kCheckpoint, sequence), unix_offset_ms, now_ms);
}

bool Checkpointer::work(std::uint64_t now_ms) {
  if (checkpoint_.state() == Checkpoint::State::kDone) on_done();
  if (checkpoint_.state() == Checkpoint::State::kFailed) on_failed(now_ms);
  return checkpoint_.work();
}

void Checkpointer::on_done() {
  SESHDB_CHECK(log_bytes_ >= replaced_bytes_);
  ++count_;
  checkpoint_bytes_ = checkpoint_.bytes();
  log_bytes_ -= replaced_bytes_;
  worker_.post([files = files_, sequence = sequence_] { files.remove_before(sequence); }, [] {});
  logging::info("wrote a checkpoint", {{"core", files_.core()}, {"bytes", checkpoint_bytes_}});
  checkpoint_.reset();
}

// If there is no fault, all sessions were ended meanwhile: the next one may begin at once.
void Checkpointer::on_failed(std::uint64_t now_ms) {
  if (!checkpoint_.fault().empty()) {
    logging::warn("cannot write a checkpoint; trying again later",
                  {{"core", files_.core()}, {"reason", checkpoint_.fault()}});
    retry_ms_ = now_ms + kRetryMs;
  }
  checkpoint_.reset();
}

Result<void> Checkpointer::finish() {
  bool is_stopped = false;
  while (checkpoint_.state() == Checkpoint::State::kWalking) {
    stop_point("stop-checkpoint");
    is_stopped = files_.directory().is_stopped();
    if (is_stopped) {
      checkpoint_.abort();
    } else if (!checkpoint_.work()) {
      worker_.drain();
    }
  }
  worker_.drain();
  if (is_stopped) return fail("a stop was asked for");
  if (checkpoint_.state() != Checkpoint::State::kDone) return fail(checkpoint_.fault());
  on_done();
  return {};
}

}  // namespace seshdb::engine
