// The order of things in turn() is that of core::Core::turn.
#include "life.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "base/logging.h"

namespace seshdb::testing {

Result<engine::LogPosition> recover(engine::Directory& directory, store::Store& store,
                                    const Clock& clock, engine::Recovery::Mode mode,
                                    engine::RecoveryReport* report) {
  const auto files = engine::files_of(directory);
  if (!files) return fail(files.error());
  std::atomic<std::uint64_t> bytes_read = 0;
  engine::Manifest manifest = kManifest;
  const bool any = std::any_of(files->begin(), files->end(),
                               [](const engine::NamedFile& file) { return !file.unfinished; });
  if (!any) manifest.epoch = 0;  // an epoch counts once it has a log
  engine::Recovery recovery(directory, manifest, 0, *files, mode, bytes_read);
  store::Replay replay(store, {}, clock.unix_offset_ms(), clock.now_ms());
  auto position = recovery.run(replay);
  if (report != nullptr) *report = recovery.report();
  return position;
}

Result<void> Life::begin() {
  logging::set_level(logging::Level::kOff);
  const auto position = recover(directory_, store_, clock_, engine::Recovery::Mode::kStart);
  if (!position) return fail(position.error());
  log_ = std::make_unique<engine::Log>(directory_, store_, clock_, kManifest, 0, settings_, [this] {
    const std::lock_guard lock(mutex_);
    bell_.notify_all();
  });
  if (auto opened = log_->open(*position); !opened) return opened;
  changes_.set_unix_offset_ms(log_->unix_offset_ms());
  store_.tell(&changes_);
  history.push_back(dump(store_));
  return {};
}

// Each ticket that something waits for has one outcome.
void Life::on_outcome(engine::Ticket ticket, engine::Outcome outcome) {
  const auto found = pending_.find(ticket);
  if (found == pending_.end()) return;
  EXPECT_TRUE(outcome == engine::Outcome::kKept || outcome == engine::Outcome::kLost);
  EXPECT_EQ(found, pending_.begin()) << "out of order";
  if (outcome == engine::Outcome::kKept) {
    safe = std::max(safe, found->second);
  } else {
    ++losses;
  }
  pending_.erase(found);
}

void Life::poll() {
  const std::uint64_t syncs = log_->figures()[engine::kSyncs];
  log_->poll(*this);
  if (log_->figures()[engine::kSyncs] != syncs) safe = std::max(safe, sync_target_);
}

void Life::commit() {
  const engine::Committed committed = log_->commit(changes_, clock_.now_ms());
  if (std::string now = dump(store_); now != history.back()) history.push_back(std::move(now));
  const std::size_t last = history.size() - 1;
  const bool always = settings_.sync == engine::SyncLevel::kAlways;
  switch (committed.outcome) {
    case engine::Outcome::kPending:
      EXPECT_TRUE(always);
      pending_[committed.ticket] = last;
      break;
    case engine::Outcome::kKept:
      if (always && log_->storage() != engine::Storage::kFailed) safe = last;
      break;
    case engine::Outcome::kLost:
      ++losses;
      break;
    case engine::Outcome::kConflict:
    case engine::Outcome::kRefused:
      ADD_FAILURE() << "no outcome of a log";
  }
}

// With kAlways a sync is under way for all that is pending. With kInterval the log has no deadline
// while one is under way.
bool Life::is_syncing() const {
  if (log_->storage() == engine::Storage::kFailed) return false;
  if (settings_.sync == engine::SyncLevel::kAlways) return !pending_.empty();
  return settings_.sync == engine::SyncLevel::kInterval &&
         log_->figures()[engine::kUnsyncedBytes] != 0 && log_->next_deadline_ms() == UINT64_MAX;
}

// Records what the sync that begins here will make safe.
void Life::work() {
  const bool syncing = is_syncing();
  (void)log_->work(clock_.now_ms());
  if (!syncing && is_syncing()) sync_target_ = history.size() - 1;
}

void Life::quiet_turn() {
  poll();
  commit();
  log_->expect(0);
  work();
}

void Life::turn(Dice& dice) {
  poll();
  if (log_->storage() == engine::Storage::kGood) {
    for (std::size_t n = dice.roll(4); n != 0; --n) change_some(store_, dice, clock_.now_ms());
  }
  commit();
  log_->expect(dice.roll(3));
  work();
}

void Life::wait_for_sync() {
  const engine::Ticket first = pending_.empty() ? 0 : pending_.begin()->first;
  while (is_syncing() && (pending_.empty() || pending_.begin()->first == first)) {
    log_->expect(0);  // where the wait for more clients is over
    {
      std::unique_lock lock(mutex_);
      bell_.wait(lock, [this] { return log_->has_news(); });
    }
    poll();
  }
}

}  // namespace seshdb::testing
