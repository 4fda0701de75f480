// A large session is written in several slices, or the rest of it at once where it changes.
#include "store/snapshot.h"

#include <utility>

#include "base/check.h"

namespace seshdb::store {

namespace {
// What writing a session itself counts for among the bytes of its values.
constexpr std::uint64_t kSessionBytes = 64;
constexpr std::uint64_t kSlotBytes = 16;  // of work, where there is nothing to write
}  // namespace

Snapshot::Snapshot(Store& store, Batch& to, std::function<void()> more)
    : store_(store), to_(to), more_(std::move(more)) {
  store_.attach(*this);
}

Snapshot::~Snapshot() {
  if (is_under_way_) finish(false);
}

void Snapshot::finish(bool is_whole) {
  is_under_way_ = false;
  store_.detach(is_whole);
}

void Snapshot::write_head(const Session& session) {
  to_.create(session.token(), session.shared(), session.expiry(), session.deadline_ms(),
             store_.name_of(session));
  bytes_ += kSessionBytes;
}

void Snapshot::write_keys_some(const Session& session, std::uint64_t& hash) {
  session.keys().visit_some(hash, [&](const json::Value& value) {
    to_.set(session.token(), value);
    bytes_ += value.bytes();
    more_();
  });
}

void Snapshot::before_change(Session& session) {
  std::uint64_t hash = 0;
  if (session.token() == begun_) {
    hash = key_hash_;
    begun_ = 0;
  } else {
    write_head(session);
  }
  do {
    write_keys_some(session, hash);
  } while (hash != 0);
  store_.mark_written(session);
}

void Snapshot::write_session_some(Session& session, std::uint64_t enough) {
  if (store_.is_written(session)) return;
  if (begun_ == 0) {
    write_head(session);
    begun_ = session.token();
    key_hash_ = 0;
  }
  SESHDB_CHECK(begun_ == session.token());
  do {
    write_keys_some(session, key_hash_);
  } while (key_hash_ != 0 && bytes_ < enough);
  if (key_hash_ != 0) return;
  begun_ = 0;
  store_.mark_written(session);
}

bool Snapshot::write_some(std::size_t bytes) {
  SESHDB_CHECK(is_under_way_);
  const std::uint64_t enough = bytes_ + bytes;
  // The session is there: before its end the rest of it would have been written.
  if (begun_ != 0) write_session_some(*store_.peek(begun_), enough);
  // Whole segments count as looked at: one that is left halfway is begun anew by the next call.
  for (std::uint64_t looked = 0; bytes_ + looked < enough;
       looked += Store::kSegmentSessions * kSlotBytes) {
    const bool passed = store_.sessions_.visit_some(hash_, [&](Session& session) {
      write_session_some(session, enough);
      return bytes_ < enough;
    });
    if (passed && hash_ == 0) {
      finish(true);
      return true;
    }
  }
  return false;
}

}  // namespace seshdb::store
