// When a sync begins, and what its end tells.
#include "engine/syncs.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "base/check.h"

namespace seshdb::engine {

namespace {
constexpr int kNapShare = 8;
constexpr std::chrono::nanoseconds kNapMost = std::chrono::milliseconds(2);
}  // namespace

// What a sync is about, and how it went.
struct Syncs::Sync {
  SyncTarget target;
  Ticket ticket = 0;
  std::uint64_t appended = 0;
  int error = 0;
  std::chrono::nanoseconds took{0};
};

Syncs::Syncs(const Clock& clock, std::function<void()> wake, int nice, Worker::Where where,
             Done done)
    : clock_(clock),
      may_nap_(where == Worker::Where::kThread),
      done_(std::move(done)),
      worker_(std::move(wake), nice, where) {}

// The clients whose answers the last sync let go are about to come back: where they have to wait
// for the next one anyway, it waits an eighth of a sync's time for them, and they share it. Else
// two halves of the clients would take turns, each waiting for the other's.
bool Syncs::may_begin() {
  if (is_syncing_ || nap_ == Nap::kUnderWay) return false;
  if (nap_ == Nap::kOver || !is_shared_ || !may_nap_) return true;
  nap_ = Nap::kUnderWay;
  worker_.post(
      [nap = std::min(last_took_ / kNapShare, kNapMost)] { std::this_thread::sleep_for(nap); },
      [this] { nap_ = Nap::kOver; });
  return false;
}

void Syncs::begin(SyncTarget target, std::size_t waiting) {
  SESHDB_CHECK(!is_syncing_);
  is_syncing_ = true;
  is_shared_ = waiting > 1;
  nap_ = Nap::kNotYet;
  const auto sync = std::make_shared<Sync>(
      Sync{.target = std::move(target), .ticket = ticket_++, .appended = appended_});
  worker_.post(
      [sync] {
        const auto begin = std::chrono::steady_clock::now();
        for (const auto& file : sync->target.files) {
          if (sync->error == 0) sync->error = file->sync();
        }
        sync->target.files.clear();
        sync->took = std::chrono::steady_clock::now() - begin;
      },
      [this, sync] { end(*sync); });
}

void Syncs::end(const Sync& sync) {
  last_took_ = sync.took;
  if (sync.error == 0 && !is_lost_) {
    ++count_;
    took_ += sync.took;
    last_ms_ = clock_.now_ms();
    safe_ = std::max(safe_, sync.appended);
    news_.push_back({sync.ticket, Outcome::kKept});
    // Who came meanwhile and has changed nothing waits for the next sync, which has no work.
    if (is_safe()) news_.push_back({ticket_++, Outcome::kKept});
  }
  done_(sync.target, sync.error);
  is_syncing_ = false;
}

void Syncs::lose() {
  if (std::exchange(is_lost_, true)) return;
  if (is_syncing_) news_.push_back({ticket_ - 1, Outcome::kLost});
  news_.push_back({ticket_, Outcome::kLost});
}

void Syncs::poll(Events& events) {
  worker_.poll();
  for (const News& news : std::exchange(news_, {})) events.on_outcome(news.ticket, news.outcome);
}

}  // namespace seshdb::engine
