// Applies each kind of record. Counts records whose session, key or place does not exist.
#include "store/replay.h"

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "store/patch.h"

namespace seshdb::store {

namespace {

constexpr std::uint64_t kMsPerSecond = 1'000;

// Both saturate.
std::int64_t sum(std::int64_t a, std::int64_t b) {
  std::int64_t whole = 0;
  if (!__builtin_add_overflow(a, b, &whole)) return whole;
  return a < 0 ? INT64_MIN : INT64_MAX;
}

std::int64_t difference(std::int64_t a, std::int64_t b) {
  std::int64_t whole = 0;
  if (!__builtin_sub_overflow(a, b, &whole)) return whole;
  return a < 0 ? INT64_MIN : INT64_MAX;
}

}  // namespace

Replay::Replay(Store& store, std::function<bool(std::uint64_t)> is_mine,
               std::int64_t unix_offset_ms, std::uint64_t now_ms, Tokens followed)
    : store_(store),
      is_mine_(std::move(is_mine)),
      unix_offset_ms_(unix_offset_ms),
      now_ms_(now_ms),
      followed_(std::move(followed)) {
  store_.hold_clocks();
}

bool Replay::apply(std::string_view batch) {
  const RecordsRead read = read_records(batch, *this);
  records_ += read.records;
  fault_at_ = read.fault_at.value_or(0);
  return !read.fault_at;
}

std::uint64_t Replay::held(std::int64_t unix_ms) const {
  const std::int64_t first_ms = difference(unix_ms, shift_ms_);
  return static_cast<std::uint64_t>(std::clamp(first_ms, 1 - kHeldZeroMs, kHeldZeroMs - 1) +
                                    kHeldZeroMs);
}

// A deadline before the monotonic clock's zero is past. A deadline later than that of a session
// that starts now means that the wall clock went back unnoticed; it is limited to that.
std::uint64_t Replay::deadline_of(const Session& session) const {
  const std::int64_t first_ms = static_cast<std::int64_t>(session.deadline_ms()) - kHeldZeroMs;
  const std::int64_t ms = difference(sum(first_ms, shift_ms_), unix_offset_ms_);
  const std::uint64_t most = now_ms_ + session.expiry().duration_s * kMsPerSecond;
  return ms > 0 ? std::min(static_cast<std::uint64_t>(ms), most) : 1;
}

void Replay::finish() {
  if (!followed_.empty()) end_others();
  const std::int64_t now_ms = sum(unix_offset_ms_, static_cast<std::int64_t>(now_ms_));
  if (last_ms_ && difference(*last_ms_, now_ms) > Clock::kStepMs) {
    behind_ms_ = difference(*last_ms_, now_ms);
    unix_offset_ms_ = sum(unix_offset_ms_, behind_ms_);
  }
  // A running server's idea of the wall clock may be ahead of it by a step.
  const std::int64_t latest_ms = std::max(now_ms, last_ms_.value_or(now_ms));
  store_.raise_revision(sum(latest_ms, Clock::kStepMs));
  store_.release_clocks(now_ms_, [this](const Session& session) { return deadline_of(session); });
}

void Replay::end_others() {
  std::uint64_t hash = 0;
  std::vector<std::uint64_t> tokens;
  do {
    store_.some_tokens(hash, tokens);
  } while (hash != 0);
  for (const std::uint64_t token : tokens) {
    if (!is_mine(token)) store_.end(*store_.peek(token));
  }
}

Replay::Tokens Replay::missed() const {
  Tokens missed;
  for (const auto& [to, from] : ignored_rotations_) {
    if (!is_mine(to)) continue;
    std::uint64_t token = to;
    for (auto at = ignored_rotations_.find(token); at != ignored_rotations_.end();
         at = ignored_rotations_.find(token)) {
      token = at->second;
      if (!is_read(token) && !missed.insert(token).second) break;
    }
  }
  return missed;
}

void Replay::clock(std::int64_t shift_ms, std::int64_t now_unix_ms) {
  shift_ms_ = sum(shift_ms_, shift_ms);
  last_ms_ = now_unix_ms;
}

Session* Replay::find(std::uint64_t token) {
  if (!is_read(token)) return nullptr;
  Session* const session = store_.peek(token);
  note(session != nullptr || ignored_rotations_.contains(token));
  return session;
}

void Replay::create(const Token& token, const Settings& settings, std::string_view name) {
  if (!is_read(token.lower)) return;
  Session* const session = store_.peek(token.lower);
  if (session != nullptr) store_.end(*session);
  const bool is_free = store_.takes(token) && !store_.is_former(token.lower);
  note(is_free);
  if (!is_free) return;
  (void)store_.create(token, settings.shared, name, settings.expiry, now_ms_,
                      held(settings.deadline_unix_ms));
}

void Replay::expiry(std::uint64_t token, const Settings& settings) {
  Session* const session = find(token);
  if (session == nullptr) return;
  store_.set_expiry(*session, settings.expiry, now_ms_, held(settings.deadline_unix_ms));
}

void Replay::end(std::uint64_t token) {
  Session* const session = find(token);
  if (session != nullptr) store_.end(*session);
}

void Replay::end_all() { (void)store_.end_all(); }

void Replay::deadline(std::uint64_t token, std::int64_t unix_ms) {
  Session* const session = find(token);
  if (session == nullptr) return;
  note(session->expires());
  if (session->expires()) store_.set_deadline(*session, held(unix_ms), now_ms_);
}

void Replay::set(std::uint64_t token, std::string_view name, std::string_view text) {
  Session* const session = find(token);
  if (session != nullptr) (void)store_.set(*session, name, text);
}

void Replay::remove(std::uint64_t token, std::string_view name) {
  Session* const session = find(token);
  if (session != nullptr) note(store_.remove(*session, name));
}

void Replay::clear(std::uint64_t token) {
  Session* const session = find(token);
  if (session != nullptr) (void)store_.clear(*session);
}

void Replay::update(std::uint64_t token, std::string_view name, std::span<const json::Edit> edits) {
  Session* const session = find(token);
  if (session == nullptr) return;
  std::size_t failed = 0;
  note(store_.update(*session, name, edits, UINT32_MAX, failed) == Status::kOk);
}

void Replay::patch(std::uint64_t token, std::span<const PatchOperation> operations) {
  Session* const session = find(token);
  if (session != nullptr) note(patch_all(store_, *session, operations) == Status::kOk);
}

void Replay::tags(std::uint64_t token, const std::vector<std::string_view>& tags) {
  Session* const session = find(token);
  if (session != nullptr) store_.set_tags(*session, tags);
}

// A session whose new token is not mine is another core's from here on. Where a part of the log is
// missing, the new token may be that of a session, or a former one.
void Replay::rotate(std::uint64_t token, const Token& to) {
  if (!is_read(token)) {
    ignored_rotations_.emplace(to.lower, token);
    return;
  }
  Session* const session = find(token);
  if (session == nullptr) {
    if (ignored_rotations_.contains(token)) ignored_rotations_.emplace(to.lower, token);
    return;
  }
  if (!is_read(to.lower)) {
    store_.end(*session);
    return;
  }
  const bool is_free = store_.takes(to) && store_.peek(to.lower) == nullptr &&
                       !store_.is_former(to.lower) && !session->shared();
  note(is_free);
  if (is_free) (void)store_.rotate(*session, to);
}

void Replay::former(std::uint64_t token, const std::vector<std::uint64_t>& tokens) {
  Session* const session = find(token);
  if (session == nullptr) return;
  note(!session->was_rotated());
  if (!session->was_rotated()) store_.restore_former_tokens(*session, tokens);
}

void Replay::append(std::uint64_t token, std::string_view name, std::string_view text) {
  Session* const session = find(token);
  if (session == nullptr) return;
  note(store_.append(*session, name, text, 0, UINT32_MAX) == Status::kOk);
}

}  // namespace seshdb::store
