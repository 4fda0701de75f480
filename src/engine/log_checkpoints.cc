// When a log has outgrown what it tells: a checkpoint, and then the old segments go.
#include "base/crash_point.h"
#include "base/log.h"
#include "engine/log.h"

namespace seshdb::engine {

namespace {
constexpr std::uint64_t kRetryMs = 30'000;
}  // namespace

bool Log::checkpoint_is_due() const {
  if (checkpoint_.state() != Checkpoint::State::kIdle || now_ms_ < checkpoint_due_ms_) return false;
  const auto grown = static_cast<double>(position_.checkpoint_bytes) * settings_.checkpoint_ratio;
  return position_.log_bytes > settings_.checkpoint_bytes &&
         static_cast<double>(position_.log_bytes) > grown;
}

// The checkpoint stands for everything before the segment that begins now. What is changed but not
// committed would be in both, so it begins where everything has just been committed.
void Log::begin_checkpoint() {
  if (storage_ == Storage::kFailed || !rotate()) return;
  checkpoint_sequence_ = segment_.sequence;
  log_bytes_before_ = position_.log_bytes;
  const FileHeader head = header(FileKind::kCheckpoint, checkpoint_sequence_);
  // By the offset that the log goes on with: a clock that is set moves the deadlines of both.
  checkpoint_.begin(file_name(manifest_.epoch, head), head, offset_on_disk_ms_, clock_.now_ms());
}

void Log::look_at_checkpoint(std::uint64_t now_ms) {
  switch (checkpoint_.state()) {
    case Checkpoint::State::kIdle:
    case Checkpoint::State::kWalking:
    case Checkpoint::State::kFinishing:
      return;
    case Checkpoint::State::kDone:
      ++checkpoints_;
      position_.checkpoint_bytes = checkpoint_.bytes();
      position_.log_bytes -= log_bytes_before_;
      remove_before(checkpoint_sequence_);
      log::info("wrote a checkpoint", {{"core", core_}, {"bytes", position_.checkpoint_bytes}});
      checkpoint_.reset();
      return;
    case Checkpoint::State::kFailed:
      if (!checkpoint_.fault().empty()) {
        log::warn("cannot write a checkpoint; trying again later",
                  {{"core", core_}, {"reason", checkpoint_.fault()}});
        checkpoint_due_ms_ = now_ms + kRetryMs;
      }
      checkpoint_.reset();
      return;
  }
}

int Log::files_before(std::uint64_t sequence, std::vector<NamedFile>& files) const {
  std::vector<std::string> names;
  if (const int error = directory_.list(names); error != 0) return error;
  for (const std::string& name : names) {
    std::optional<NamedFile> file = parse_name(name);
    const bool is_older = file && file->epoch == manifest_.epoch && file->header.core == core_ &&
                          file->header.sequence < sequence;
    if (is_older) files.push_back(*std::move(file));
  }
  return 0;
}

// Where they cannot be listed they stay until the next time.
void Log::remove_before(std::uint64_t sequence) {
  writer_.post(
      [this, sequence] {
        std::vector<NamedFile> files;
        (void)files_before(sequence, files);
        for (const NamedFile& file : files) {
          crash_point("remove");
          (void)directory_.remove(file.name);
        }
      },
      [] {});
}

std::optional<std::string> Log::checkpoint_now() {
  writer_.drain();  // the next segment is ready, or cannot be
  if (!closed_.empty() && !syncs_.is_under_way()) begin_sync(0);
  syncs_.drain();
  begin_checkpoint();
  if (checkpoint_.state() == Checkpoint::State::kIdle) {
    return "cannot begin a segment of the log in " + directory_.path();
  }
  bool stopped = false;
  while (checkpoint_.state() == Checkpoint::State::kWalking) {
    stop_point("stop-checkpoint");
    stopped = directory_.is_stopped();
    if (stopped) {
      checkpoint_.abort();
    } else if (!checkpoint_.work()) {
      writer_.drain();
    }
  }
  writer_.drain();
  if (stopped) return "a stop was asked for";
  if (checkpoint_.state() != Checkpoint::State::kDone) return checkpoint_.fault();
  look_at_checkpoint(0);
  return std::nullopt;
}

}  // namespace seshdb::engine
