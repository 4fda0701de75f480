// Appending and syncing. Checkpoints, and what they replace: log_checkpoints.cc. What time it is:
// log_clock.cc.
#include "engine/log.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/crash_point.h"
#include "base/log.h"

namespace seshdb::engine {

namespace {
// Less than the second that is promised, so that the disk has some of it.
constexpr std::uint64_t kSyncEveryMs = 500;
constexpr std::uint64_t kRetryRoomMs = 1'000;
// Full segments are open until they are synced; the log goes on with its segment meanwhile, so that
// a slow disk cannot use up descriptors.
constexpr std::size_t kClosedMost = 2;
constexpr std::uint64_t kRoomStepBytes = std::uint64_t{4} << 20;
// Leaves a tenth of a processor that requests take all of: enough, as a sync is some tens of
// milliseconds' work every half a second. With `always` clients wait for a sync.
constexpr int kNice = 10;
}  // namespace

Log::Log(Directory& directory, store::Store& store, const Clock& clock, const Manifest& manifest,
         std::uint32_t core, const LogSettings& settings, const std::function<void()>& wake)
    : directory_(directory),
      store_(store),
      clock_(clock),
      manifest_(manifest),
      core_(core),
      settings_(settings),
      syncs_(clock, wake, settings.sync == SyncLevel::kAlways ? 0 : kNice, settings.blocking_work,
             [this](const SyncTarget& target, int error) { on_synced(target, error); }),
      writer_(wake, kNice, settings.blocking_work),
      checkpoint_(directory, store, writer_) {
  begin_clock({});
}

FileHeader Log::header(FileKind kind, std::uint64_t sequence) const {
  return {.kind = kind,
          .core = core_,
          .cores = manifest_.cores,
          .sequence = sequence,
          .salt = manifest_.salt};
}

// Records of one request may be a few times as long as the request: a key of one byte has a record
// of thirteen. A batch is committed when it is longer than one request.
std::uint64_t Log::room_least() const {
  return 4 * settings_.message_bytes_max + kRoomStepBytes / 4;
}

// The file has its name once its header is on the disk: a header that is not sound is damage.
int Log::make(Segment& segment, std::uint64_t sequence, std::uint64_t room) const {
  segment.sequence = sequence;
  const FileHeader head = header(FileKind::kLog, sequence);
  segment.frames = FrameWriter(head);
  Buffer out;
  segment.frames.begin(out);
  const std::string name = file_name(manifest_.epoch, head);
  const std::string unfinished = name + std::string(kUnfinished);
  std::unique_ptr<AppendFile> file;
  (void)directory_.remove(unfinished);
  int error = directory_.create(unfinished, file);
  if (error == 0) {
    error = file->append(out.view());
    if (error == 0) {
      error = file->reserve(room_least() + room);
      if (error == ENOSPC && room > kRoomStepBytes) {
        room = kRoomStepBytes;
        error = file->reserve(room_least() + room);
      }
      segment.reserved = out.size() + room_least() + room;
    }
    if (error == 0) error = file->sync();
    if (error == 0) error = directory_.rename(unfinished, name);
    if (error == 0) error = directory_.sync();
    if (error != 0) (void)directory_.remove(unfinished);
  }
  if (error != 0 && directory_.verify() == ESTALE) error = ESTALE;
  segment.file = std::move(file);
  return error;
}

std::optional<std::string> Log::open(const LogPosition& position) {
  position_ = position;
  begin_clock(position.wall);
  const std::string name =
      file_name(manifest_.epoch, header(FileKind::kLog, position.next_sequence));
  if (const int error = make(segment_, position.next_sequence, kRoomStepBytes); error != 0) {
    return io_fault(directory_, "cannot begin", name, error);
  }
  ++position_.next_sequence;
  prepare_next();
  return std::nullopt;
}

void Log::prepare_next() {
  if (preparing_ || next_ || now_ms_ < next_due_ms_) return;
  preparing_ = true;
  auto segment = std::make_shared<Segment>();
  auto error = std::make_shared<int>(0);
  // Making room takes the core some milliseconds where it meets a sync: where it fills its
  // segments, the next one has all it needs from the start.
  const std::uint64_t room = fills_segments_ ? settings_.segment_bytes : kRoomStepBytes;
  writer_.post([this, segment, error, sequence = position_.next_sequence,
                room] { *error = make(*segment, sequence, room); },
               [this, segment, error] {
                 preparing_ = false;
                 if (*error == ESTALE) return fail_replaced();
                 if (*error != 0) {
                   next_due_ms_ = now_ms_ + kRetryRoomMs;
                   if (std::exchange(next_failed_, true)) return;
                   log::warn("cannot begin the next segment of the log; going on with this one",
                             {{"error", std::strerror(*error)}});
                   return;
                 }
                 next_failed_ = false;
                 ++position_.next_sequence;
                 next_ = std::move(*segment);
               });
}

bool Log::append() {
  if (is_crash_point("append-half")) {
    (void)segment_.file->append(out_.view().substr(0, out_.size() / 2));
    crash();
  }
  crash_point("append");
  const int error = segment_.file->append(out_.view());
  crash_point("appended");
  syncs_.add(out_.size());
  position_.log_bytes += out_.size();
  out_.clear_or_release();
  if (error != 0) fail("cannot write to the log", error);
  return error == 0;
}

bool Log::append(store::Batch& changes) {
  if (syncs_.is_safe()) sync_due_ms_ = now_ms_ + kSyncEveryMs;
  segment_.frames.frame(changes.view(), on_disk_, out_);
  changes.reset();
  return append();
}

Committed Log::commit(store::Batch& changes, std::uint64_t now_ms) {
  now_ms_ = now_ms;
  look_at_clock(changes);
  if (storage_ == Storage::kFailed) {  // sessions expire all the same
    changes.reset();
    return {};
  }
  const bool changed = !changes.empty();
  if (changed) {
    if (now_ms >= time_due_ms_) tell_time(changes);
    if (!fits(changes.size())) keep_room();
    if (!fits(changes.size())) return promised();
    if (!append(changes)) return {.outcome = Outcome::kLost};
  }
  // A checkpoint begins with a segment of its own, and so comes first where the segment is full.
  if (checkpoint_is_due()) {
    begin_checkpoint();
  } else if (segment_.frames.position() >= settings_.segment_bytes) {
    (void)rotate();
  }
  if (storage_ == Storage::kFailed) return {.outcome = Outcome::kLost};
  if (changed) keep_room();
  return promised();
}

Committed Log::promised() const {
  const bool waits = settings_.sync == SyncLevel::kAlways && storage_ != Storage::kFailed;
  if (!waits || syncs_.is_safe()) return {};
  return {.outcome = Outcome::kPending, .ticket = syncs_.ticket()};
}

bool Log::rotate() {
  if (!next_) {
    prepare_next();
    return false;
  }
  if (closed_.size() >= kClosedMost) {
    sync_due_ms_ = now_ms_;
    return false;
  }
  segment_.frames.end(on_disk_, out_);
  if (!append()) return false;
  crash_point("rotate");
  writer_.post([full = segment_.file] { (void)full->trim(); }, [] {});
  if (settings_.sync != SyncLevel::kOff) closed_.push_back(std::move(segment_.file));
  fills_segments_ = fills_segments_ || segment_.frames.position() >= settings_.segment_bytes;
  segment_ = *std::move(next_);
  next_.reset();
  on_disk_ = 0;
  prepare_next();
  return true;
}

// Where the disk is full nothing is changed for clients, but sessions expire and are used. What
// that is told by is kept until there is room: nobody was promised it.
bool Log::fits(std::size_t bytes) const {
  const std::uint64_t with_end = frame_bytes_for(bytes) + kFrameHeadBytes;
  return storage_ == Storage::kGood || segment_.frames.position() + with_end <= segment_.reserved;
}

bool Log::has_room(std::size_t bytes) const { return fits(bytes) || storage_ == Storage::kFailed; }

// There is always room for what is changed before anybody is refused.
void Log::keep_room() {
  const std::uint64_t left =
      segment_.reserved - std::min(segment_.reserved, segment_.frames.position());
  if (left >= room_least()) {
    set_storage(Storage::kGood, 0);
    return;
  }
  const std::uint64_t wanted = room_least() + kRoomStepBytes;
  const int error = segment_.file->reserve(wanted);
  if (error == 0) {
    segment_.reserved = segment_.frames.position() + wanted;
    set_storage(Storage::kGood, 0);
  } else {
    set_storage(left >= room_least() / 2 ? Storage::kLittle : Storage::kFull, error);
  }
}

void Log::set_storage(Storage storage, int error) {
  if (storage == storage_ || storage_ == Storage::kFailed) return;
  if (storage == Storage::kGood) {
    log::warn("there is room on the disk again", {{"directory", directory_.path()}});
  } else if (storage == Storage::kLittle) {
    log::error("the disk is nearly full: refusing what stores more",
               {{"directory", directory_.path()}, {"error", std::strerror(error)}});
  } else {
    log::error("the disk is full: refusing all changes",
               {{"directory", directory_.path()}, {"error", std::strerror(error)}});
  }
  storage_ = storage;
}

// Nobody can know what of the last writes is on the disk, now or later.
void Log::fail(std::string_view what, int error) {
  if (storage_ == Storage::kFailed) return;
  report_failure(what, error);
  refuse_changes();
}

void Log::report_failure(std::string_view what, int error) const {
  log::error(std::string(what) + ": refusing all changes until the server is started anew",
             {{"directory", directory_.path()}, {"error", std::strerror(error)}});
}

void Log::refuse_changes() {
  storage_ = Storage::kFailed;
  if (settings_.sync == SyncLevel::kAlways) syncs_.lose();
}

void Log::expect(std::size_t clients) {
  if (promised().outcome == Outcome::kPending && syncs_.may_begin()) begin_sync(clients);
}

void Log::begin_sync(std::size_t waiting) {
  SyncTarget target{.files = std::exchange(closed_, {}),
                    .sequence = segment_.sequence,
                    .position = segment_.frames.position()};
  target.files.push_back(segment_.file);
  syncs_.begin(std::move(target), waiting);
}

void Log::on_synced(const SyncTarget& target, int error) {
  if (error != 0) fail("cannot sync the log", error);
  if (storage_ == Storage::kFailed) return;
  if (target.sequence == segment_.sequence) on_disk_ = std::max(on_disk_, target.position);
}

bool Log::has_news() const { return syncs_.has_news() || writer_.any_done(); }

void Log::poll(Events& events) {
  writer_.poll();
  syncs_.poll(events);
}

bool Log::work(std::uint64_t now_ms) {
  now_ms_ = now_ms;
  if (storage_ == Storage::kFailed) return false;
  look_at_directory();
  if (storage_ != Storage::kGood && now_ms >= room_due_ms_) {
    room_due_ms_ = now_ms + kRetryRoomMs;
    keep_room();
  }
  if (settings_.sync == SyncLevel::kInterval && !syncs_.is_safe() && !syncs_.is_under_way() &&
      now_ms >= sync_due_ms_) {
    begin_sync(0);
    sync_due_ms_ = now_ms + kSyncEveryMs;
  }
  mark();
  look_at_checkpoint(now_ms);
  return checkpoint_.work();
}

// Once all is on the disk and nothing follows, the log itself says so: damage to what was safe is
// then never taken for what a crash leaves.
void Log::mark() {
  if (storage_ != Storage::kGood) return;
  if (!syncs_.is_safe() || marked_ == syncs_.appended_bytes() ||
      on_disk_ != segment_.frames.position()) {
    return;
  }
  segment_.frames.mark(on_disk_, out_);
  if (!append()) return;
  syncs_.forget_unsynced();
  marked_ = syncs_.appended_bytes();
}

std::uint64_t Log::next_deadline_ms() const {
  const bool is_due = storage_ != Storage::kFailed && settings_.sync == SyncLevel::kInterval &&
                      !syncs_.is_safe() && !syncs_.is_under_way();
  return is_due ? sync_due_ms_ : UINT64_MAX;
}

// Full segments are let go of unsynced where nobody waits for a sync.
void Log::sync_older() {
  std::vector<NamedFile> files;
  int error = files_before(segment_.sequence, files);
  for (const NamedFile& file : files) {
    const bool is_log = file.header.kind == FileKind::kLog && !file.unfinished;
    if (error == 0 && is_log) error = sync_file(directory_, file.name);
  }
  if (error != 0) fail("cannot sync the log", error);
}

Figures Log::figures() const {
  Figures figures(kDiskFigures);
  figures[kLastSync] = syncs_.last_ms();
  figures[kUnsyncedBytes] = syncs_.unsynced_bytes();
  figures[kLogBytes] = position_.log_bytes;
  figures[kCheckpointBytes] = position_.checkpoint_bytes;
  figures[kCheckpoints] = checkpoints_;
  figures[kSyncs] = syncs_.count();
  figures[kSyncTime] = static_cast<std::uint64_t>(syncs_.took().count());
  return figures;
}

void Log::close(store::Batch& changes) {
  if (segment_.file == nullptr || storage_ == Storage::kFailed) return;
  look_at_clock(changes);
  tell_time(changes);
  if (!fits(changes.size())) keep_room();
  if (fits(changes.size()) && !append(changes)) return;
  writer_.drain();
  syncs_.drain();
  if (settings_.sync == SyncLevel::kOff) sync_older();
  if (storage_ == Storage::kFailed) return;
  for (const bool closing : {false, true}) {
    if (closing) {
      segment_.frames.end(on_disk_, out_);
      if (!append()) return;
    }
    begin_sync(0);
    syncs_.drain();
    writer_.drain();
    if (storage_ == Storage::kFailed) return;
  }
  (void)segment_.file->trim();
  if (next_) {
    const FileHeader unused = header(FileKind::kLog, next_->sequence);
    (void)directory_.remove(file_name(manifest_.epoch, unused));
  }
}

}  // namespace seshdb::engine
