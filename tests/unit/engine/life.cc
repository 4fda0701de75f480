// The order of things in turn() is that of server::Core::turn.
#include "life.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/log.h"
#include "support/stored_text.h"

namespace seshdb::testing {

std::string dump(const store::Store& store) {
  std::string all = "sessions " + std::to_string(store.counts().sessions) + "\n";
  for (std::uint64_t token = 1; token <= kTokens; ++token) {
    const store::Session* const session = store.peek(token);
    if (session == nullptr) continue;
    const store::Expiry expiry = session->expiry();
    all += std::to_string(token) + ' ' + std::to_string(session->shared() ? 1 : 0) +
           std::string(store.name_of(*session)) + ' ' + std::to_string(expiry.duration_s) + ' ' +
           std::to_string(expiry.delete_session ? 1 : 0) + std::to_string(expiry.sliding ? 1 : 0) +
           ' ' + std::to_string(session->expires() ? session->deadline_ms() : 0) + '\n';
    std::vector<std::string> keys;
    session->keys().for_each([&keys](const json::Value& value) {
      keys.push_back("  " + std::string(value.label()) + ' ' + text_of(value) + '\n');
    });
    std::sort(keys.begin(), keys.end());
    for (const std::string& key : keys) all += key;
  }
  return all;
}

std::optional<std::string> recover(engine::Directory& directory, store::Store& store,
                                   const Clock& clock, engine::Recovery::Mode mode,
                                   engine::LogPosition* position, engine::RecoveryReport* report) {
  auto files = engine::files_of(directory);
  if (auto* const fault = std::get_if<std::string>(&files)) return std::move(*fault);
  std::atomic<std::uint64_t> bytes_read = 0;
  engine::Recovery recovery(directory, kManifest, 0,
                            std::get<std::vector<engine::NamedFile>>(files), mode, bytes_read);
  store::Replay replay(store, {}, clock.to_unix_ms(0), clock.now_ms());
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
    for (std::size_t n = dice.roll(4); n != 0; --n) change(dice);
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

void Life::change(Dice& dice) {
  if (dice.one_in(150)) {
    (void)store_.end_all();
    return;
  }
  const std::uint64_t token = 1 + dice.roll(kTokens);
  store::Session* const session = store_.peek(token);
  if (session != nullptr) {
    change(dice, *session);
    return;
  }
  const store::Expiry expiry{.duration_s = static_cast<std::uint32_t>(dice.roll(3) * 100'000),
                             .delete_session = dice.one_in(2),
                             .sliding = dice.one_in(2)};
  const bool shared = dice.one_in(3);
  (void)store_.create(token, shared, shared ? "name" + std::to_string(dice.roll(100)) : "", expiry,
                      clock_.now_ms());
}

void Life::change(Dice& dice, store::Session& session) {
  static constexpr std::array<std::string_view, 4> kNames = {"a", "b", "", "long name"};
  const std::string_view name = dice.pick(kNames);
  const std::size_t size = dice.one_in(10) ? dice.roll(4'000) : dice.roll(40);
  const std::string text = '"' + std::string(size, static_cast<char>('a' + dice.roll(26))) + '"';
  switch (dice.roll(12)) {
    case 0:
      store_.end(session);
      return;
    case 1:
      (void)store_.clear(session);
      return;
    case 2:
      (void)store_.remove(session, name);
      return;
    case 3:
      store_.restart_clock(session, clock_.now_ms());
      return;
    case 4:
      store_.set_expiry(session, {.duration_s = static_cast<std::uint32_t>(dice.roll(2) * 200'000)},
                        clock_.now_ms());
      return;
    case 5:
    case 6:
      (void)store_.append(session, name, text, 0, UINT32_MAX);
      return;
    case 7: {
      const std::array<json::Edit, 1> edits = {json::Edit{*json::Pointer::parse(""), text, 0}};
      std::size_t failed = 0;
      (void)store_.update(session, name, edits, UINT32_MAX, failed);
      return;
    }
    default:
      (void)store_.set(session, name, text);
  }
}

}  // namespace seshdb::testing
