// Reads the newest checkpoint, if there is one, and the logs from its sequence on.
#include "engine/recovery.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/check.h"

namespace seshdb::engine {

namespace {
constexpr std::string_view kWhatToDo =
    "; see 'seshdb check', and 'seshdb repair' to keep what is whole, or restore a backup";
constexpr std::uint64_t kPieceBytes = std::uint64_t{1} << 20;

// Writes the content of a file from `position` on again. 0 or an errno.
int rewrite(Directory& directory, const std::string& name, std::uint64_t position,
            AppendFile& file) {
  FileWindow window;
  int error = window.open(directory, name);
  if (error == 0) error = window.skip(position);
  while (error == 0 && window.rest() != 0) {
    error = window.fill(kPieceBytes);
    const std::size_t bytes = window.view().size();
    if (error == 0) error = file.rewrite(window.position(), window.view());
    if (error == 0) error = window.skip(bytes);
  }
  return error;
}

}  // namespace

void RecoveryReport::add(const RecoveryReport& other) {
  files += other.files;
  bytes += other.bytes;
  records += other.records;
  orphans += other.orphans;
  behind_ms = std::max(behind_ms, other.behind_ms);
  dropped.insert(dropped.end(), other.dropped.begin(), other.dropped.end());
  damage.insert(damage.end(), other.damage.begin(), other.damage.end());
}

Recovery::Recovery(Directory& directory, const Manifest& manifest, std::uint32_t core,
                   const std::vector<NamedFile>& files, Mode mode,
                   std::atomic<std::uint64_t>& bytes_read)
    : directory_(directory),
      manifest_(manifest),
      core_(core),
      mode_(mode),
      bytes_read_(bytes_read) {
  choose(files);
}

void Recovery::choose(const std::vector<NamedFile>& files) {
  for (const NamedFile& file : files) {
    if (file.epoch != manifest_.epoch || file.header.core != core_) continue;
    const bool is_checkpoint = file.header.kind == FileKind::kCheckpoint && !file.unfinished;
    if (is_checkpoint && (!checkpoint_ || checkpoint_->header.sequence < file.header.sequence)) {
      checkpoint_ = file;
    }
  }
  const std::uint64_t first = checkpoint_ ? checkpoint_->header.sequence : 1;
  for (const NamedFile& file : files) {
    if (file.epoch != manifest_.epoch || file.header.core != core_) continue;
    if (checkpoint_ && file.name == checkpoint_->name) continue;
    const bool is_log = file.header.kind == FileKind::kLog && !file.unfinished;
    (is_log && file.header.sequence >= first ? logs_ : useless_).push_back(file);
  }
  std::sort(logs_.begin(), logs_.end(), [](const NamedFile& a, const NamedFile& b) {
    return a.header.sequence < b.header.sequence;
  });
  position_.next_sequence = logs_.empty() ? first : logs_.back().header.sequence + 1;
  std::vector<NamedFile> all = logs_;
  if (checkpoint_) all.push_back(*checkpoint_);
  for (const NamedFile& file : all) {
    std::uint64_t bytes = 0;
    if (directory_.size(file.name, bytes) == 0) bytes_to_read_ += bytes;
  }
  is_missing_ = all.empty() && manifest_.epoch != 0;
}

std::string Recovery::where(const NamedFile& file, std::uint64_t position) const {
  return directory_.path() + "/" + file.name + ", byte " + std::to_string(position);
}

Result<void> Recovery::damaged(std::string what) {
  if (mode_ != Mode::kSalvage) return fail(what.append(kWhatToDo));
  report_.damage.push_back(std::move(what));
  return {};
}

Result<LogPosition> Recovery::run(store::Replay& replay) {
  if (is_missing_) {
    const FileHeader first{
        .kind = FileKind::kLog, .core = core_, .cores = manifest_.cores, .sequence = 1};
    auto skipped = damaged(directory_.path() + "/" + file_name(manifest_.epoch, first) +
                           " is missing, or what replaced it: there is no file of core " +
                           std::to_string(core_));
    if (!skipped) return fail(std::move(skipped.error()));
  }
  if (auto done = read_checkpoint(replay); !done) return fail(std::move(done.error()));
  if (auto done = read_logs(replay); !done) return fail(std::move(done.error()));
  const std::int64_t clock_ms = replay.unix_offset_ms();
  replay.finish();
  position_.wall = {.clock_ms = clock_ms, .on_disk_ms = replay.unix_offset_ms()};
  report_.behind_ms = replay.behind_ms();
  report_.records = replay.records();
  report_.orphans = replay.orphans();
  if (replay.orphans() != 0 && mode_ != Mode::kSalvage) {
    return fail(directory_.path() + ": " + std::to_string(replay.orphans()) + " records of core " +
                std::to_string(core_) + " find nothing to apply to" + std::string(kWhatToDo));
  }
  if (mode_ == Mode::kStart) {
    if (auto done = put_in_order(); !done) return fail(std::move(done.error()));
    // A new segment of the same sequence would replace the last log.
    SESHDB_CHECK(logs_.empty() || position_.next_sequence > logs_.back().header.sequence);
  }
  return position_;
}

Result<void> Recovery::read_checkpoint(store::Replay& replay) {
  if (!checkpoint_) return {};
  const Result<End> end = read(*checkpoint_, &replay);
  if (!end) return fail(end.error());
  position_.checkpoint_bytes = end->whole_bytes;
  if (end->closed) return {};
  return damaged(where(*checkpoint_, end->whole_bytes) + ": the file ends too early");
}

// The last log that was written to may end anywhere; the logs before it are closed. The logs after
// it are segments that were made ready and, after a power failure, segments that were not synced.
Result<void> Recovery::read_logs(store::Replay& replay) {
  std::uint64_t expected = checkpoint_ ? checkpoint_->header.sequence : 1;
  const bool salvage = mode_ == Mode::kSalvage;
  for (const NamedFile& file : logs_) {
    if (file.header.sequence != expected) {
      FileHeader missing = file.header;
      missing.sequence = expected;
      auto skipped =
          damaged(directory_.path() + "/" + file_name(manifest_.epoch, missing) + " is missing");
      if (!skipped) return skipped;
    }
    expected = file.header.sequence + 1;
    const Result<End> read_end = read(file, !tail_ || salvage ? &replay : nullptr);
    if (!read_end) return fail(read_end.error());
    const End& end = *read_end;
    // A log is closed before the next one begins. A power loss may keep only the later one; then
    // this one is torn.
    const bool proves_damage =
        tail_ && (end.synced_bytes != 0 || (end.any_frame && (salvage || !tail_->end.torn)));
    if (proves_damage) {
      auto skipped = damaged(where(tail_->file, tail_->end.whole_bytes) +
                             ": the file ends too early, and a later one goes on");
      if (!skipped) return skipped;
    }
    if (tail_ && end.any_frame) report_.dropped.push_back(directory_.path() + "/" + file.name);
    if (tail_) continue;
    position_.log_bytes += end.whole_bytes;
    if (end.synced_bytes != 0) unsynced_logs_.clear();  // those before it were synced first
    if (end.closed) {
      unsynced_logs_.push_back({file, end});
    } else {
      tail_ = ReadLog{file, end};
    }
  }
  if (checkpoint_ && logs_.empty()) {
    return damaged(where(*checkpoint_, 0) + ": the log that follows it is missing");
  }
  return {};
}

// The last writes of a killed server may be in the kernel's page cache only. Clients are about to
// see them, and later commits depend on them, so they are put on the disk first. Then the log is
// closed at the end of its whole frames, so that later starts do not have to judge its end again.
Result<void> Recovery::put_in_order() {
  if (const int error = directory_.sync(); error != 0) return io_failure("", error);
  for (const ReadLog& log : unsynced_logs_) {
    if (auto file = put_on_disk(log); !file) return fail(std::move(file.error()));
  }
  if (tail_) {
    if (const int error = remove_behind_tail(); error != 0) {
      return io_failure(tail_->file.name, error);
    }
    if (auto closed = close_tail(); !closed) return closed;
  }
  for (const NamedFile& file : useless_) (void)directory_.remove(file.name);
  return {};
}

// A sync is not enough. After a failed sync the kernel may count pages as written that are not, and
// may have dropped them since they were read.
Result<std::unique_ptr<AppendFile>> Recovery::put_on_disk(const ReadLog& log) {
  SESHDB_CHECK(log.end.synced_bytes <= log.end.whole_bytes);  // no synced byte is cut off
  const std::string& name = log.file.name;
  std::unique_ptr<AppendFile> file;
  int error = directory_.reopen(name, log.end.whole_bytes, file);
  if (error == 0) error = rewrite(directory_, name, log.end.synced_bytes, *file);
  if (error == 0) error = file->sync();
  if (error != 0) return io_failure(name, error);
  FrameReader reader;
  FrameReader::Result result = reader.open(directory_, name, header_of(log.file));
  while (result == FrameReader::Result::kFrame) result = reader.next();
  if (result == FrameReader::Result::kFailed) return fail(reader.fault());
  const bool closed = result == FrameReader::Result::kClosed;
  if (reader.position() + (closed ? kFrameHeadBytes : 0) == log.end.whole_bytes) {
    return file;
  }
  return fail(where(log.file, reader.position()) +
              ": what was read here has not reached the disk, and is gone since; start again");
}

// Removes the last log first and syncs each removal, so that a later start finds neither a gap nor
// a log that goes on behind the new end.
int Recovery::remove_behind_tail() {
  int error = 0;
  while (error == 0) {
    SESHDB_CHECK(!logs_.empty());  // the tail is one of them
    if (logs_.back().name == tail_->file.name) break;
    error = directory_.remove(logs_.back().name);
    if (error == 0) error = directory_.sync();
    if (error == 0) logs_.pop_back();
  }
  return error;
}

Result<void> Recovery::close_tail() {
  const std::string& name = tail_->file.name;
  const FileHeader header = header_of(tail_->file);
  const std::uint64_t bytes = tail_->end.whole_bytes;
  int error = 0;
  if (bytes < kHeaderBytes) {  // its header was not written
    position_.next_sequence = header.sequence;
    error = directory_.remove(name);
    if (error == 0) error = directory_.sync();
    logs_.pop_back();
  } else {
    position_.next_sequence = header.sequence + 1;
    const auto file = put_on_disk(*tail_);
    if (!file) return fail(file.error());
    FrameWriter frames = FrameWriter::at(header, bytes);
    Buffer out;
    frames.end(bytes, out);
    error = (*file)->append(out.view());
    if (error == 0) error = (*file)->sync();
  }
  if (error != 0) return io_failure(name, error);
  return {};
}

FileHeader Recovery::header_of(const NamedFile& file) const {
  FileHeader header = file.header;
  header.cores = manifest_.cores;
  header.salt = manifest_.salt;
  return header;
}

tl::unexpected<std::string> Recovery::io_failure(const std::string& name, int error) const {
  return fail(io_fault(directory_, "cannot put in order", name, error));
}

Result<Recovery::End> Recovery::read(const NamedFile& file, store::Replay* replay) {
  FrameReader reader;
  ++report_.files;
  switch (reader.open(directory_, file.name, header_of(file))) {
    case FrameReader::Result::kFrame:
      break;
    case FrameReader::Result::kTail:
      return End{.torn = reader.is_torn(), .tail_bytes = reader.tail_bytes()};
    case FrameReader::Result::kClosed:
    case FrameReader::Result::kDamaged: {
      auto skipped = damaged(reader.fault());
      if (!skipped) return fail(std::move(skipped.error()));
      return End{};
    }
    case FrameReader::Result::kFailed:
      return fail(reader.fault());
  }
  return read_frames(reader, file, replay);
}

Result<Recovery::End> Recovery::read_frames(FrameReader& reader, const NamedFile& file,
                                            store::Replay* replay) {
  End end;
  FrameReader::Result result = reader.next();
  for (;; result = reader.next()) {
    while (result == FrameReader::Result::kDamaged) {
      if (auto skipped = damaged(reader.fault()); !skipped) {
        return fail(std::move(skipped.error()));
      }
      result = reader.skip_damage();
    }
    if (result != FrameReader::Result::kFrame) break;
    end.any_frame = true;
    bytes_read_ += reader.payload().size();
    report_.bytes += reader.payload().size();
    if (replay != nullptr && !replay->apply(reader.payload())) {
      auto skipped = damaged(where(file, reader.position()) + ": record at " +
                             std::to_string(replay->fault_at()) + " of this frame is malformed");
      if (!skipped) return fail(std::move(skipped.error()));
    }
  }
  if (result == FrameReader::Result::kFailed) return fail(reader.fault());
  end.synced_bytes = reader.synced();
  end.closed = result == FrameReader::Result::kClosed;
  end.tail_bytes = reader.tail_bytes();
  end.torn = reader.is_torn();
  end.whole_bytes = reader.position() + (end.closed ? kFrameHeadBytes : 0);
  if (end.tail_bytes != 0) {
    report_.dropped.push_back(where(file, reader.position()) + ": " +
                              std::to_string(end.tail_bytes) + " bytes");
  }
  return end;
}

}  // namespace seshdb::engine
