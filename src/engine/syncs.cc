// A sync covers everything that was appended before it begins. What is appended during it has the
// next ticket.
#include "engine/syncs.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "base/check.h"

namespace seshdb::engine {

namespace {
// Less than the second that is promised, as the sync itself takes some time.
constexpr std::uint64_t kEveryMs = 500;
constexpr int kNapShare = 8;
constexpr std::chrono::nanoseconds kNapMost = std::chrono::milliseconds(2);
}  // namespace

// A sync and its result.
struct Syncs::Sync {
  SyncTarget target;
  Ticket ticket = 0;
  std::uint64_t appended = 0;
  int error = 0;
  std::chrono::nanoseconds took{0};
};

Syncs::Syncs(const Clock& clock, Worker& worker, bool may_nap, Done done)
    : clock_(clock), worker_(worker), may_nap_(may_nap), done_(std::move(done)) {}

void Syncs::add(std::uint64_t bytes, std::uint64_t now_ms) {
  if (is_safe()) due_ms_ = now_ms + kEveryMs;
  appended_ += bytes;
}

// The clients of the last sync have just been answered, and their next requests are about to come.
// The next sync waits an eighth of a sync's time for them. Without that, two halves of the clients
// would alternate: each would wait for the other half's sync and then for its own.
bool Syncs::may_begin() {
  if (is_syncing_ || nap_ == Nap::kUnderWay) return false;
  if (nap_ == Nap::kOver || !is_shared_ || !may_nap_) return true;
  nap_ = Nap::kUnderWay;
  worker_.post(
      [nap = std::min(last_took_ / kNapShare, kNapMost)] { std::this_thread::sleep_for(nap); },
      [this] { nap_ = Nap::kOver; });
  return false;
}

void Syncs::begin(SyncTarget target, std::size_t waiting, std::uint64_t now_ms) {
  SESHDB_CHECK(!is_syncing_);
  is_syncing_ = true;
  due_ms_ = now_ms + kEveryMs;  // for what is appended meanwhile
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
  SESHDB_CHECK(is_syncing_ && sync.appended <= appended_);
  last_took_ = sync.took;
  if (sync.error == 0 && !is_lost_) {
    ++count_;
    took_ += sync.took;
    last_ms_ = clock_.now_ms();
    safe_ = std::max(safe_, sync.appended);
    news_.push_back({sync.ticket, Outcome::kKept});
    // A commit that came meanwhile and changed nothing has the next ticket; it is safe too.
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

void Syncs::tell(Events& events) {
  for (const News& news : std::exchange(news_, {})) {
    SESHDB_CHECK(news.ticket > told_);  // one outcome for each ticket, in order
    told_ = news.ticket;
    events.on_outcome(news.ticket, news.outcome);
  }
}

}  // namespace seshdb::engine
