// The order of things in turn() is that of server::Core::turn.
#include "life.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace seshdb::testing {

std::optional<std::string> recover(engine::Directory& directory, store::Store& store,
                                   const Clock& clock, engine::Recovery::Mode mode,
                                   engine::LogPosition* position, engine::RecoveryReport* report) {
  auto files = engine::files_of(directory);
  if (auto* const fault = std::get_if<std::string>(&files)) return std::move(*fault);
  std::atomic<std::uint64_t> bytes_read = 0;
  const auto& found = std::get<std::vector<engine::NamedFile>>(files);
  engine::Manifest manifest = kManifest;
  const bool any = std::any_of(found.begin(), found.end(),
                               [](const engine::NamedFile& file) { return !file.unfinished; });
  if (!any) manifest.epoch = 0;  // an epoch counts once it has a log
  engine::Recovery recovery(directory, manifest, 0, found, mode, bytes_read);
  store::Replay replay(store, {}, clock.unix_offset_ms(), clock.now_ms());
  std::optional<std::string> fault = recovery.run(replay);
  if (position != nullptr) *position = recovery.position();
  if (report != nullptr) *report = recovery.report();
  return fault;
}

std::optional<std::string> Life::begin() {
  log::set_level(log::Level::kOff);
  engine::LogPosition position;
  if (auto fault = recover(directory_, store_, clock_, engine::Recovery::Mode::kStart, &position)) {
    return fault;
  }
  log_ = std::make_unique<engine::Log>(directory_, store_, clock_, kManifest, 0, settings_, [this] {
    const std::lock_guard lock(mutex_);
    bell_.notify_all();
  });
  if (auto fault = log_->open(position)) return fault;
  history.push_back(dump(store_));
  return std::nullopt;
}

void Life::poll() {
  if (log_->poll()) safe = std::max(safe, sync_target_);
}

void Life::turn(Dice& dice) {
  poll();
  if (log_->storage() == engine::Storage::kGood) {
    for (std::size_t n = dice.roll(4); n != 0; --n) change_some(store_, dice, clock_.now_ms());
  }
  log_->commit(clock_.now_ms());
  if (std::string now = dump(store_); now != history.back()) history.push_back(std::move(now));
  const std::size_t last = history.size() - 1;
  if (log_->is_lost()) {
    ++losses;
    log_->lost_is_dealt_with();
  } else if (!log_->is_safe()) {
    if (log_->may_sync()) {
      sync_target_ = last;
      log_->begin_sync(dice.roll(3));
    }
  } else if (settings_.sync == engine::SyncLevel::kAlways && losses == 0) {
    safe = last;
  }
  const bool syncing = log_->is_syncing();
  (void)log_->work(clock_.now_ms());
  if (!syncing && log_->is_syncing()) sync_target_ = last;
}

void Life::wait_for_sync() {
  while (log_->is_syncing()) {
    {
      std::unique_lock lock(mutex_);
      bell_.wait(lock, [this] { return log_->has_news(); });
    }
    poll();
  }
}

}  // namespace seshdb::testing
