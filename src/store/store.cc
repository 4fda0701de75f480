// Sessions and their keys: finding, changing, expiring, and freeing in slices.
#include "store/store.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "store/snapshot.h"

namespace seshdb::store {

namespace {
constexpr std::uint64_t kMsPerSecond = 1'000;
// A sweep begins when the wheel has this many entries more than twice the sessions.
constexpr std::size_t kStaleEntries = 4'096;
// How many entries reclaim() checks beyond its budget for each new one, so that a sweep or a
// backlog of expired sessions ends, however many sessions are made meanwhile.
constexpr std::size_t kLooksPerQueued = 2;
// How many times per duration the deadline of a session in use is recorded.
constexpr std::uint64_t kSlideShare = 16;
}  // namespace

Session* Store::find(const Token& token, std::uint64_t now_ms) {
  Session* const session = peek(token.lower);
  if (session == nullptr || !sessions_.has_upper(*session, token.upper)) return nullptr;
  return live(*session, now_ms);
}

Session* Store::find(std::uint64_t token, std::uint64_t now_ms) {
  Session* const session = peek(token);
  return session == nullptr ? nullptr : live(*session, now_ms);
}

Session& Store::create(const Token& token, bool shared, std::string_view name, const Expiry& expiry,
                       std::uint64_t now_ms, std::uint64_t deadline_ms) {
  SESHDB_CHECK(takes(token));
  Session& session = sessions_.insert(token, Session(token.lower, shared));
  session.revision_ = revisions_.current();
  mark_written(session);  // the batch has it all
  if (shared) shared_names_.insert_or_assign(token.lower, std::string(name));
  apply_expiry(session, expiry, now_ms, deadline_ms);
  if (batch_ == nullptr) return session;
  batch_->create(token, shared, session.expiry(), session.deadline_ms(), shared ? name : "");
  return session;
}

void Store::end(Session& session) {
  before_change(session);
  if (batch_ != nullptr) batch_->end(session.token());
  drop_keys(session);
  if (session.shared()) shared_names_.erase(session.token());
  if (session.has_tags()) tags_.set(first_token_of(session), {});
  if (session.was_rotated()) former_tokens_.forget(session.token(), forgotten_at_once());
  sessions_.erase(&session);
}

std::uint64_t Store::end_all() {
  const std::uint64_t count = sessions_.size();
  if (snapshot_ != nullptr) std::exchange(snapshot_, nullptr)->on_end_all();
  marks_are_even_ = true;
  if (batch_ != nullptr && count != 0) batch_->end_all();
  discarded_.add(std::exchange(sessions_, SessionTable(token_bits())));
  discarded_.add(std::exchange(tags_, TagIndex()));
  discarded_.add(former_tokens_.take_all());
  shared_names_ = {};
  key_count_ = 0;
  return count;
}

std::string_view Store::name_of(const Session& session) const {
  const auto found = shared_names_.find(session.token());
  return found == shared_names_.end() ? std::string_view() : found->second;
}

void Store::set_tags(Session& session, const std::vector<std::string_view>& tags) {
  if (tags == tags_of(session)) return;
  before_change(session);
  if (batch_ != nullptr) batch_->tags(session.token(), tags);
  tags_.set(first_token_of(session), tags);
  session.tagged_ = tags.empty() ? 0 : 1;
}

Session& Store::rotate(Session& session, const Token& token) {
  SESHDB_CHECK(takes(token) && !session.shared() && peek(token.lower) == nullptr);
  before_change(session);
  const std::uint64_t from = session.token();
  if (batch_ != nullptr) batch_->rotate(from, token);
  former_tokens_.add(from, token.lower);
  Session moved = std::move(session);
  sessions_.erase(&session);
  moved.token_ = token.lower;
  moved.rotated_ = 1;
  Session& rotated = sessions_.insert(token, std::move(moved));
  mark_written(rotated);  // the batch has it all
  if (rotated.queued_tick_ != 0) {
    queue(rotated);
    ++queued_lately_;
  }
  return rotated;
}

void Store::restore_former_tokens(Session& session, std::vector<std::uint64_t> former) {
  SESHDB_CHECK(!session.was_rotated());
  before_change(session);
  std::erase_if(former, [this](std::uint64_t token) {
    return peek(token) != nullptr || former_tokens_.contains(token);
  });
  if (!former_tokens_.restore(former, session.token())) return;
  session.rotated_ = 1;
  if (session.has_tags()) tags_.move(session.token(), first_token_of(session));
  if (batch_ != nullptr) batch_->former(session.token(), former_tokens_.of(session.token()));
}

void Store::set_expiry(Session& session, const Expiry& expiry, std::uint64_t now_ms,
                       std::uint64_t deadline_ms) {
  before_change(session);
  apply_expiry(session, expiry, now_ms, deadline_ms);
  if (batch_ == nullptr) return;
  batch_->expiry(session.token(), session.shared(), session.expiry(), session.deadline_ms());
}

void Store::apply_expiry(Session& session, const Expiry& expiry, std::uint64_t now_ms,
                         std::uint64_t deadline_ms) {
  session.duration_s_ = expiry.duration_s;
  session.delete_session_ = expiry.duration_s == 0 || expiry.delete_session ? 1 : 0;
  session.sliding_ = expiry.duration_s != 0 && expiry.sliding ? 1 : 0;
  session.clock_ahead_ = 0;
  if (session.expires()) {
    const std::uint64_t anew_ms = now_ms + session.duration_s_ * kMsPerSecond;
    start_clock(session, deadline_ms != 0 ? deadline_ms : anew_ms, now_ms);
  }
}

void Store::restart_clock(Session& session, std::uint64_t now_ms) {
  if (!session.expires()) return;
  before_change(session);
  set_deadline(session, now_ms + session.duration_s_ * kMsPerSecond, now_ms);
}

void Store::set_deadline(Session& session, std::uint64_t deadline_ms, std::uint64_t now_ms) {
  start_clock(session, deadline_ms, now_ms);
  tell_deadline(session);
}

void Store::tell_deadline(Session& session) {
  if (batch_ != nullptr) batch_->deadline(session.token(), session.deadline_ms());
  session.clock_ahead_ = 0;
}

void Store::slide(Session& session, std::uint64_t now_ms) {
  if (!session.expires()) return;
  const std::uint64_t duration_ms = session.duration_s_ * kMsPerSecond;
  const std::uint64_t lag_ms = std::max(duration_ms / kSlideShare, kMsPerSecond);
  const std::uint64_t before_ms = session.deadline_ms();
  start_clock(session, now_ms + duration_ms, now_ms);
  if (session.clock_ahead_ != 0 || before_ms / lag_ms != session.deadline_ms() / lag_ms) {
    tell_deadline(session);
  }
}

void Store::start_clock(Session& session, std::uint64_t deadline_ms, std::uint64_t now_ms) {
  session.deadline_ms_ = deadline_ms & kDeadlineMsMax;
  const std::uint32_t tick = ExpiryWheel::tick_of(session.deadline_ms_);
  // An entry at an earlier tick is enough: the deadline is read again when it becomes due.
  if (clocks_held_ || (session.queued_tick_ != 0 && session.queued_tick_ <= tick)) return;
  wheel_.advance(ExpiryWheel::tick_of(now_ms));
  queue(session);
  ++queued_lately_;
}

void Store::release_clocks(std::uint64_t now_ms,
                           const std::function<std::uint64_t(const Session&)>& deadline_of) {
  SESHDB_CHECK(clocks_held_);  // else deadlines would be converted twice
  clocks_held_ = false;
  wheel_.advance(ExpiryWheel::tick_of(now_ms));
  sessions_.for_each([&](Session& session) {
    session.revision_ = revisions_.current();
    if (!session.expires()) return;
    session.deadline_ms_ = deadline_of(session) & kDeadlineMsMax;
    queue(session);
  });
}

void Store::queue(Session& session) {
  session.queued_tick_ = ExpiryWheel::tick_of(session.deadline_ms_);
  session.sweep_ = sweep_;
  wheel_.add(session.token(), session.queued_tick_);
}

bool Store::expire(Session& session, std::uint64_t now_ms) {
  if (session.delete_session_ != 0) {
    end(session);
    return false;
  }
  before_change(session);
  revisions_.next();
  const bool had_keys = clear(session) != 0;
  const std::uint64_t duration_ms = session.duration_s_ * kMsPerSecond;
  const std::uint64_t rounds = (now_ms - session.deadline_ms_) / duration_ms + 1;
  session.deadline_ms_ = (session.deadline_ms_ + rounds * duration_ms) & kDeadlineMsMax;
  // A session without keys may expire again and again: the deadline is recorded with its next key.
  session.clock_ahead_ = 1;
  if (had_keys) tell_deadline(session);
  return true;
}

bool Store::set(Session& session, std::string_view name, std::string_view text) {
  before_key_change(session);
  if (batch_ != nullptr) {
    if (session.clock_ahead_ != 0) tell_deadline(session);
    batch_->set(session.token(), name, text);
  }
  if (json::Value* const value = session.keys_.find(name); value != nullptr) {
    value->assign(text);
    return false;
  }
  session.keys_.insert(name, text);
  ++key_count_;
  return true;
}

bool Store::add(Session& session, std::string_view name, std::string_view text) {
  return session.keys_.find(name) == nullptr && set(session, name, text);
}

bool Store::remove(Session& session, std::string_view name) {
  before_change(session);
  if (!session.keys_.erase(name)) return false;
  session.revision_ = revisions_.current();
  if (batch_ != nullptr) batch_->remove(session.token(), name);
  --key_count_;
  return true;
}

std::size_t Store::clear(Session& session) {
  const std::size_t count = session.keys_.size();
  if (count == 0) return 0;
  before_key_change(session);
  if (batch_ != nullptr) batch_->clear(session.token());
  drop_keys(session);
  return count;
}

void Store::drop_keys(Session& session) {
  key_count_ -= session.keys_.size();
  discarded_.add(std::exchange(session.keys_, Keys()));
}

Status Store::update(Session& session, std::string_view name, std::span<const json::Edit> edits,
                     std::uint32_t depth_max, std::size_t& failed) {
  json::Value* const value = session.keys_.find(name);
  if (value == nullptr) return Status::kKeyNotExist;
  before_change(session);
  const Status status = value->update(edits, depth_max, failed);
  if (status != Status::kOk) return status;
  session.revision_ = revisions_.current();
  if (batch_ != nullptr) batch_->update(session.token(), name, edits);
  return status;
}

Status Store::append(Session& session, std::string_view name, std::string_view text,
                     std::uint32_t depth, std::uint32_t depth_max) {
  json::Value* const value = session.keys_.find(name);
  if (value == nullptr) return Status::kKeyNotExist;
  before_change(session);
  const Status status = value->append(text, depth, depth_max);
  if (status != Status::kOk) return status;
  session.revision_ = revisions_.current();
  if (batch_ != nullptr) batch_->append(session.token(), name, text);
  return status;
}

void Store::tell_patch(Session& session, std::span<const PatchOperation> effects) {
  if (batch_ == nullptr || effects.empty()) return;
  if (session.clock_ahead_ != 0) tell_deadline(session);
  batch_->patch(session.token(), effects);
}

const json::Value* Store::open(Session& session, std::string_view name) {
  json::Value* const value = session.keys_.find(name);
  if (value != nullptr) value->open_if_large();
  return value;
}

void Store::restore_revision(Session& session, std::uint64_t revision) {
  SESHDB_CHECK(revision <= revisions_.current());  // else it could be given again
  session.revision_ = revision;
}

void Store::absorb(Store& other) {
  SESHDB_CHECK(batch_ == nullptr && other.batch_ == nullptr);
  SESHDB_CHECK(!clocks_held_ && !other.clocks_held_);
  SESHDB_CHECK(snapshot_ == nullptr && other.snapshot_ == nullptr);
  other.sessions_.for_each([this, &other](Session& session) {
    Session& mine = sessions_.insert(other.token_of(session), std::move(session));
    mark_written(mine);  // as all sessions are without a snapshot
    if (mine.queued_tick_ != 0) queue(mine);
    const std::vector<std::uint64_t> former = other.former_tokens_.of(mine.token());
    const auto tags = other.tags_of(mine);
    mine.tagged_ = 0;
    mine.rotated_ = 0;
    restore_former_tokens(mine, former);
    set_tags(mine, tags);
  });
  shared_names_.merge(other.shared_names_);
  SESHDB_CHECK(other.shared_names_.empty());  // else a token was in both
  key_count_ += std::exchange(other.key_count_, 0);
  revisions_.raise(other.revisions_);
  other.sessions_ = SessionTable(other.token_bits());
  (void)other.former_tokens_.take_all();
}

void Store::some_tokens(std::uint64_t& hash, std::vector<std::uint64_t>& tokens) const {
  // A segment that was joined since the last call holds sessions that were listed already.
  (void)sessions_.visit_some(hash, [from = hash, &tokens](const Session& session) {
    if (session.hash() >= from) tokens.push_back(session.token());
    return true;
  });
}

void Store::list_sessions(std::uint64_t from, std::size_t most,
                          std::vector<std::uint64_t>& first_tokens) const {
  std::vector<std::uint64_t> hashes;
  sessions_.list_if(from, most, hashes, [](const Session& one) { return !one.was_rotated(); });
  former_tokens_.list_first(from, most, hashes);
  std::sort(hashes.begin(), hashes.end());
  hashes.resize(std::min(hashes.size(), most));
  for (const std::uint64_t hash : hashes) first_tokens.push_back(token_of_hash(hash));
}

// After an unfinished snapshot, sessions that it did not write have the mark that means "written"
// to the next one, which would leave them out.
void Store::attach(Snapshot& snapshot) {
  SESHDB_CHECK(snapshot_ == nullptr && marks_are_even_ && !clocks_held_);
  snapshot_ = &snapshot;
  snapshot_turn_ ^= 1U;
  marks_are_even_ = false;
}

void Store::detach(bool is_whole) {
  SESHDB_CHECK(snapshot_ != nullptr);
  snapshot_ = nullptr;
  marks_are_even_ = is_whole;
}

void Store::write_to_snapshot(Session& session) { snapshot_->before_change(session); }

void Store::settle(std::uint64_t now_ms) { wheel_.advance(ExpiryWheel::tick_of(now_ms), true); }

bool Store::reclaim(std::uint64_t now_ms, std::size_t budget) {
  wheel_.advance(ExpiryWheel::tick_of(now_ms));
  sweep_stale_entries();
  std::size_t looks = budget + kLooksPerQueued * std::exchange(queued_lately_, 0);
  reclaim_expired(now_ms, looks);
  budget = std::min(budget, looks);
  if (!discarded_.empty()) discarded_.free_some(budget);
  if (former_tokens_.is_forgetting()) former_tokens_.forget_some(budget);
  return !wheel_.any_due() && discarded_.empty() && !former_tokens_.is_forgetting();
}

// Sessions that end before their deadline, or get ever shorter durations, leave stale wheel
// entries. When these outnumber the sessions, a sweep makes every entry due: one entry for each
// session is queued again, the others are dropped.
void Store::sweep_stale_entries() {
  if (sweeping_) {
    sweeping_ = wheel_.any_due();
  } else if (wheel_.size() > 2 * sessions_.size() + kStaleEntries) {
    sweeping_ = true;
    sweep_ ^= 1U;
    wheel_.sweep();
  }
}

void Store::reclaim_expired(std::uint64_t now_ms, std::size_t& budget) {
  ExpiryWheel::Entry entry{};
  while (budget != 0 && wheel_.take_due(entry)) {
    --budget;
    Session* const session = peek(entry.token);
    if (session == nullptr) {
      continue;  // ended
    }
    if (!session->expires()) {
      session->queued_tick_ = 0;
      continue;
    }
    if (session->queued_tick_ > entry.latest_tick || (entry.swept && session->sweep_ == sweep_)) {
      continue;  // stale: queued again for a later tick, or since the sweep began
    }
    if (!session->expired(now_ms) || expire(*session, now_ms)) {
      queue(*session);
    }
  }
}

}  // namespace seshdb::store
