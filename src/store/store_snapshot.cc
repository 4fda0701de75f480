// All sessions as they stand at one moment, written in slices: those that change meanwhile before
// they do. A large one is written in several slices, or the rest of it at once where it changes.
#include <utility>

#include "base/check.h"
#include "store/store.h"

namespace seshdb::store {

namespace {
// What writing a session itself counts for among the bytes of its values.
constexpr std::uint64_t kSessionBytes = 64;
constexpr std::uint64_t kSlotBytes = 16;  // of work, where there is nothing to write
}  // namespace

void Store::begin_snapshot(Batch& to, std::function<void()> more) {
  SESHDB_CHECK(snapshot_ == nullptr);
  snapshot_ = &to;
  snapshot_more_ = std::move(more);
  snapshot_turn_ ^= 1U;
  snapshot_hash_ = 0;
  snapshot_begun_ = 0;
  snapshot_bytes_ = 0;
}

void Store::take_session(const Session& session) {
  snapshot_->create(session.token(), session.shared(), session.expiry(), session.deadline_ms(),
                    name_of(session));
  snapshot_bytes_ += kSessionBytes;
}

void Store::take_some_keys(const Session& session, std::uint64_t& hash) {
  session.keys_.visit_some(hash, [&](const json::Value& value) {
    snapshot_->set(session.token(), value);
    snapshot_bytes_ += value.bytes();
    snapshot_more_();
  });
}

void Store::take(Session& session) {
  std::uint64_t hash = 0;
  if (session.token() == snapshot_begun_) {
    hash = snapshot_key_hash_;
    snapshot_begun_ = 0;
  } else {
    take_session(session);
  }
  do {
    take_some_keys(session, hash);
  } while (hash != 0);
  session.snapshot_ = snapshot_turn_;
}

void Store::take_some(Session& session, std::uint64_t enough) {
  if (session.snapshot_ == snapshot_turn_) return;
  if (snapshot_begun_ == 0) {
    take_session(session);
    snapshot_begun_ = session.token();
    snapshot_key_hash_ = 0;
  }
  do {
    take_some_keys(session, snapshot_key_hash_);
  } while (snapshot_key_hash_ != 0 && snapshot_bytes_ < enough);
  if (snapshot_key_hash_ != 0) return;
  snapshot_begun_ = 0;
  session.snapshot_ = snapshot_turn_;
}

bool Store::snapshot_some(std::size_t bytes) {
  const std::uint64_t enough = snapshot_bytes_ + bytes;
  // It is there: before its end the rest of it would have been written.
  if (snapshot_begun_ != 0) take_some(*lookup(snapshot_begun_), enough);
  // Whole segments count as looked at: one that is left halfway is begun anew by the next call.
  for (std::uint64_t looked = 0; snapshot_bytes_ + looked < enough;
       looked += kSegmentSessions * kSlotBytes) {
    const bool passed = sessions_.visit_some(snapshot_hash_, [&](Session& session) {
      take_some(session, enough);
      return snapshot_bytes_ < enough;
    });
    if (passed && snapshot_hash_ == 0) {
      snapshot_ = nullptr;
      return true;
    }
  }
  return false;
}

}  // namespace seshdb::store
