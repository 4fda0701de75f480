// Appends commits to the current segment, keeps room for them on the disk, and syncs them. After a
// failed write or sync the log refuses all changes: it is unknown what is on the disk.
#include "engine/log.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "base/crash_point.h"
#include "base/logging.h"

namespace seshdb::engine {

namespace {
constexpr std::uint64_t kRetryRoomMs = 1'000;
// Full segments stay open until they are synced. If there are that many, the log goes on in its
// current segment, so that a slow disk cannot use up descriptors.
constexpr std::size_t kClosedMost = 2;
// Under full load this priority gets a tenth of a processor. That is enough: a sync is some tens of
// milliseconds of work every half second. With kAlways clients wait for a sync.
constexpr int kNice = 10;

// A batch is committed when it is longer than one request. The records of one request may be a few
// times as long as the request: a key of one byte has a record of thirteen.
std::uint64_t room_least(const LogSettings& settings) {
  return 4 * settings.message_bytes_max + settings.room_step_bytes / 4;
}
}  // namespace

Log::Log(Directory& directory, store::Store& store, const Clock& clock, const Manifest& manifest,
         std::uint32_t core, const LogSettings& settings, const std::function<void()>& wake)
    : files_(directory, manifest, core),
      settings_(settings),
      room_least_(room_least(settings)),
      syncer_(wake, settings.sync == SyncLevel::kAlways ? 0 : kNice, settings.blocking_work),
      writer_(wake, kNice, settings.blocking_work),
      clock_(clock),
      syncs_(clock, syncer_, settings.blocking_work == Worker::Where::kThread,
             [this](const SyncTarget& target, int error) { on_synced(target, error); }),
      next_(files_, writer_,
            {.bytes_least = room_least_,
             .segment_bytes = settings.segment_bytes,
             .step_bytes = settings.room_step_bytes},
            [this] { on_replaced(); }),
      checkpointer_(files_, store, writer_,
                    {.log_bytes = settings.checkpoint_bytes, .ratio = settings.checkpoint_ratio}),
      watch_(directory, syncer_, [this] { on_replaced(); }) {}

Result<void> Log::open(const LogPosition& position) {
  SESHDB_CHECK(!segment_.is_open());
  clock_.begin(position.wall);
  checkpointer_.open(position.log_bytes, position.checkpoint_bytes);
  if (const int error = next_.open(position.next_sequence, segment_); error != 0) {
    return fail(io_fault(files_.directory(), "cannot begin",
                         files_.name(FileKind::kLog, position.next_sequence), error));
  }
  return {};
}

bool Log::append() {
  const int error = segment_.append(out_.view());
  syncs_.add(out_.size(), now_ms_);
  checkpointer_.add(out_.size());
  out_.clear_or_release();
  if (error != 0) on_failed("cannot write to the log", error);
  return error == 0;
}

bool Log::append(store::Batch& changes) {
  segment_.frame(changes.view(), out_);
  changes.reset();
  return append();
}

Committed Log::commit(store::Batch& changes, std::uint64_t now_ms) {
  now_ms_ = now_ms;
  clock_.add_step(changes);
  if (storage_ == Storage::kFailed) {  // sessions still expire
    changes.reset();
    return {};
  }
  const bool changed = !changes.empty();
  if (changed) {
    clock_.add_time_if_due(changes, now_ms);
    if (!fits(changes.size())) keep_room();
    if (!fits(changes.size())) return outcome();
    if (!append(changes)) return {.outcome = Outcome::kLost};
  }
  // A checkpoint begins with a new segment. All changes have just been committed.
  if (checkpointer_.is_due(now_ms)) {
    (void)begin_checkpoint();
  } else if (segment_.position() >= settings_.segment_bytes) {
    (void)rotate();
  }
  if (storage_ == Storage::kFailed) return {.outcome = Outcome::kLost};
  if (changed) keep_room();
  return outcome();
}

Committed Log::outcome() const {
  const bool waits = settings_.sync == SyncLevel::kAlways && storage_ != Storage::kFailed;
  if (!waits || syncs_.is_safe()) return {};
  return {.outcome = Outcome::kPending, .ticket = syncs_.ticket()};
}

bool Log::rotate() {
  if (!next_.is_ready()) {
    next_.prepare(now_ms_);
    return false;
  }
  if (closed_.size() >= kClosedMost) {
    syncs_.hurry(now_ms_);
    return false;
  }
  segment_.end(out_);
  if (!append()) return false;
  crash_point("rotate");
  writer_.post([full = segment_.file()] { (void)full->trim(); }, [] {});
  if (settings_.sync != SyncLevel::kOff) closed_.push_back(segment_.file());
  if (segment_.position() >= settings_.segment_bytes) next_.expect_full();
  Segment next = next_.take();
  SESHDB_CHECK(next.sequence() == segment_.sequence() + 1);  // a start refuses a gap
  segment_ = std::move(next);
  next_.prepare(now_ms_);
  return true;
}

// A checkpoint replaces everything before the segment that begins with it. Its deadlines have the
// offset that the log goes on with, so that a later step of the clock moves the deadlines of both.
bool Log::begin_checkpoint() {
  if (storage_ == Storage::kFailed || !rotate()) return false;
  SESHDB_CHECK(segment_.position() == kHeaderBytes);  // the segment has no change yet
  checkpointer_.begin(segment_.sequence(), clock_.unix_offset_ms(), clock_.now_ms());
  return true;
}

Result<void> Log::checkpoint_now() {
  writer_.drain();  // now the next segment is ready, or cannot be made
  if (!closed_.empty() && !syncs_.is_under_way()) begin_sync(0);
  syncer_.drain();
  if (!begin_checkpoint()) {
    return fail("cannot begin a segment of the log in " + files_.directory().path());
  }
  return checkpointer_.finish();
}

// If the disk is full, clients can change nothing, but sessions expire and slide. Those changes
// stay in the batch until there is room: they were promised to no client.
bool Log::fits(std::size_t bytes) const {
  return storage_ == Storage::kGood || segment_.fits(bytes);
}

bool Log::has_room(std::size_t bytes) const { return fits(bytes) || storage_ == Storage::kFailed; }

// Changes are refused while there is still some room, so that a commit always fits.
void Log::keep_room() {
  const std::uint64_t left = segment_.room();
  if (left >= room_least_) {
    set_storage(Storage::kGood, 0);
    return;
  }
  const int error = segment_.reserve(room_least_ + settings_.room_step_bytes);
  if (error == 0) {
    set_storage(Storage::kGood, 0);
  } else {
    set_storage(left >= room_least_ / 2 ? Storage::kLittle : Storage::kFull, error);
  }
}

void Log::set_storage(Storage storage, int error) {
  if (storage == storage_ || storage_ == Storage::kFailed) return;
  const std::string& directory = files_.directory().path();
  if (storage == Storage::kGood) {
    logging::warn("there is room on the disk again", {{"directory", directory}});
  } else if (storage == Storage::kLittle) {
    logging::error("the disk is nearly full: refusing what stores more",
                   {{"directory", directory}, {"error", std::strerror(error)}});
  } else {
    logging::error("the disk is full: refusing all changes",
                   {{"directory", directory}, {"error", std::strerror(error)}});
  }
  storage_ = storage;
}

void Log::on_failed(std::string_view what, int error) {
  if (storage_ == Storage::kFailed) return;
  log_failure(what, error);
  refuse_changes();
}

// Every core refuses changes; one of them logs the reason.
void Log::on_replaced() {
  if (storage_ == Storage::kFailed) return;
  if (files_.directory().claim_report()) {
    log_failure("the data directory was removed or replaced", ESTALE);
  }
  refuse_changes();
}

void Log::log_failure(std::string_view what, int error) const {
  logging::error(std::string(what) + ": refusing all changes until the server is started anew",
                 {{"directory", files_.directory().path()}, {"error", std::strerror(error)}});
}

void Log::refuse_changes() {
  storage_ = Storage::kFailed;
  if (settings_.sync == SyncLevel::kAlways) syncs_.lose();
}

void Log::expect(std::size_t clients) {
  if (outcome().outcome == Outcome::kPending && syncs_.may_begin()) begin_sync(clients);
}

void Log::begin_sync(std::size_t waiting) {
  SyncTarget target{.files = std::exchange(closed_, {}),
                    .sequence = segment_.sequence(),
                    .position = segment_.position()};
  target.files.push_back(segment_.file());
  syncs_.begin(std::move(target), waiting, now_ms_);
}

void Log::on_synced(const SyncTarget& target, int error) {
  if (error != 0) on_failed("cannot sync the log", error);
  if (storage_ == Storage::kFailed) return;
  if (target.sequence == segment_.sequence()) segment_.note_synced(target.position);
}

bool Log::has_news() const { return syncs_.has_news() || syncer_.any_done() || writer_.any_done(); }

void Log::poll(Events& events) {
  writer_.poll();
  syncer_.poll();
  syncs_.tell(events);
}

bool Log::work(std::uint64_t now_ms) {
  now_ms_ = now_ms;
  if (storage_ == Storage::kFailed) return false;
  if (files_.core() == 0) watch_.work(now_ms);  // for all cores
  if (storage_ != Storage::kGood && now_ms >= room_due_ms_) {
    room_due_ms_ = now_ms + kRetryRoomMs;
    keep_room();
  }
  if (now_ms >= next_deadline_ms()) begin_sync(0);
  mark();
  return checkpointer_.work(now_ms);
}

// With the mark a reader never takes damage of synced frames for a write that a crash cut short.
void Log::mark() {
  if (storage_ != Storage::kGood || !syncs_.is_safe() || !segment_.is_on_disk()) return;
  if (marked_ == syncs_.appended_bytes()) return;
  segment_.mark(out_);
  if (!append()) return;
  syncs_.add_safe(kFrameHeadBytes);
  marked_ = syncs_.appended_bytes();
}

std::uint64_t Log::next_deadline_ms() const {
  const bool syncs_on_time = settings_.sync == SyncLevel::kInterval && storage_ != Storage::kFailed;
  return syncs_on_time ? syncs_.due_ms() : UINT64_MAX;
}

Figures Log::figures() const {
  Figures figures(kDiskFigures);
  figures[kLastSync] = syncs_.last_ms();
  figures[kUnsyncedBytes] = syncs_.unsynced_bytes();
  figures[kLogBytes] = checkpointer_.log_bytes();
  figures[kCheckpointBytes] = checkpointer_.checkpoint_bytes();
  figures[kCheckpoints] = checkpointer_.count();
  figures[kSyncs] = syncs_.count();
  figures[kSyncTime] = static_cast<std::uint64_t>(syncs_.took().count());
  return figures;
}

void Log::close(store::Batch& changes) {
  if (!segment_.is_open() || storage_ == Storage::kFailed) return;
  clock_.add_step(changes);
  clock_.add_time(changes);
  if (!fits(changes.size())) keep_room();
  if (fits(changes.size()) && !append(changes)) return;
  writer_.drain();
  syncer_.drain();
  if (settings_.sync == SyncLevel::kOff) {  // full segments were not synced
    const int error = files_.sync_logs_before(segment_.sequence());
    if (error != 0) on_failed("cannot sync the log", error);
  }
  if (storage_ == Storage::kFailed) return;
  for (const bool closing : {false, true}) {
    if (closing) {
      segment_.end(out_);
      if (!append()) return;
    }
    begin_sync(0);
    syncer_.drain();
    writer_.drain();
    if (storage_ == Storage::kFailed) return;
  }
  (void)segment_.file()->trim();
  next_.discard();
}

}  // namespace seshdb::engine
