// Writes a large session in slices; where it is about to change, the rest of it at once.
#include "store/snapshot.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace seshdb::store {

namespace {
// What the record of a session itself counts in bytes.
constexpr std::uint64_t kSessionBytes = 64;
constexpr std::uint64_t kSlotBytes = 16;  // what a visited slot counts, also with nothing to write
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
  const std::size_t before = to_.size();
  to_.create(store_.token_of(session), session.shared(), session.expiry(), session.deadline_ms(),
             store_.name_of(session));
  if (session.was_rotated()) to_.former(session.token(), store_.former_tokens_of(session));
  if (session.has_tags()) to_.tags(session.token(), store_.tags_of(session));
  bytes_ += std::max<std::uint64_t>(to_.size() - before, kSessionBytes);
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
  if (begun_ != 0) {
    // The session exists: before its end the rest of it would have been written.
    Session* const session = store_.peek(begun_);
    SESHDB_CHECK(session != nullptr);
    write_session_some(*session, enough);
  }
  // Only whole segments count: the next call begins again at a segment that is not finished.
  for (std::uint64_t looked = 0; bytes_ + looked < enough;
       looked += kSegmentSessions * kSlotBytes) {
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
