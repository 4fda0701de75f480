// Keeps commits as records by session, and reads them back where a commit is not kept.
#include "support/remote_engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "store/batch.h"
#include "store/patch.h"
#include "store/records.h"
#include "support/record_text.h"

namespace seshdb::testing {

namespace {

using engine::Committed;
using engine::Fetched;
using engine::Outcome;

// Replays records on a store, without telling its batch.
class Doing final : public store::RecordVisitor {
 public:
  Doing(store::Store& store, std::uint64_t now_ms) : store_(store), now_ms_(now_ms) {}

  void create(const store::Token& token, const Settings& settings, std::string_view name) override {
    end(token.lower);
    (void)store_.create(token, settings.shared, name, settings.expiry, now_ms_,
                        static_cast<std::uint64_t>(settings.deadline_unix_ms));
  }
  void end(std::uint64_t token) override {
    if (store::Session* const session = store_.peek(token)) store_.end(*session);
  }
  void end_all() override { (void)store_.end_all(); }
  void expiry(std::uint64_t token, const Settings& settings) override {
    store_.set_expiry(at(token), settings.expiry, now_ms_,
                      static_cast<std::uint64_t>(settings.deadline_unix_ms));
  }
  void deadline(std::uint64_t token, std::int64_t unix_ms) override {
    store_.set_deadline(at(token), static_cast<std::uint64_t>(unix_ms), now_ms_);
  }
  void set(std::uint64_t token, std::string_view name, std::string_view text) override {
    (void)store_.set(at(token), name, text);
  }
  void remove(std::uint64_t token, std::string_view name) override {
    EXPECT_TRUE(store_.remove(at(token), name));
  }
  void clear(std::uint64_t token) override { (void)store_.clear(at(token)); }
  void update(std::uint64_t token, std::string_view name,
              std::span<const json::Edit> edits) override {
    std::size_t failed = 0;
    EXPECT_EQ(store_.update(at(token), name, edits, UINT32_MAX, failed), Status::kOk);
  }
  void append(std::uint64_t token, std::string_view name, std::string_view text) override {
    EXPECT_EQ(store_.append(at(token), name, text, 0, UINT32_MAX), Status::kOk);
  }
  void patch(std::uint64_t token, std::span<const store::PatchOperation> operations) override {
    EXPECT_EQ(store::patch_all(store_, at(token), operations), Status::kOk);
  }
  void tags(std::uint64_t token, const std::vector<std::string_view>& tags) override {
    store_.set_tags(at(token), tags);
  }
  void rotate(std::uint64_t token, const store::Token& to) override {
    (void)store_.rotate(at(token), to);
  }
  void former(std::uint64_t token, const std::vector<std::uint64_t>& tokens) override {
    store_.restore_former_tokens(at(token), tokens);
  }
  void clock(std::int64_t /*shift_ms*/, std::int64_t /*now_unix_ms*/) override {}

 private:
  [[nodiscard]] store::Session& at(std::uint64_t token) {
    store::Session* const session = store_.peek(token);
    if (session == nullptr) throw std::runtime_error("a change of a session that is not there");
    return *session;
  }

  store::Store& store_;
  const std::uint64_t now_ms_;
};

}  // namespace

namespace {

// The token that a commit gives a session. A lane rotates its session once at most: its later
// requests name a token that is dead.
class Rotation final : public RecordText {
 public:
  void rotate(std::uint64_t /*token*/, const store::Token& to) override { to_ = to.lower; }
  [[nodiscard]] std::uint64_t to() const { return to_; }

 private:
  std::uint64_t to_ = 0;
};

// Ends the sessions of tokens that a commit gave, which is not kept.
class Unrotating final : public RecordText {
 public:
  explicit Unrotating(store::Store& store) : store_(store) {}

  void rotate(std::uint64_t /*token*/, const store::Token& to) override {
    if (store::Session* const session = store_.peek(to.lower)) store_.end(*session);
  }

 private:
  store::Store& store_;
};

}  // namespace

// Adds each record to those of its session.
class RemoteEngine::Divider final : public store::RecordVisitor {
 public:
  // `revision` is that of the session of all records; 0: each has that in the store.
  explicit Divider(RemoteEngine& engine, std::uint64_t revision = 0)
      : engine_(engine), revision_(revision) {}

  void create(const store::Token& token, const Settings& settings, std::string_view name) override {
    one_.create(token, settings.shared, settings.expiry,
                static_cast<std::uint64_t>(settings.deadline_unix_ms), name);
    add(token.lower);
  }
  void end(std::uint64_t token) override { drop(engine_.kept_token(token)); }
  void end_all() override {
    for (auto& [token, kept] : engine_.kept_sessions_) drop(token);
  }
  void expiry(std::uint64_t token, const Settings& settings) override {
    one_.expiry(engine_.kept_token(token), settings.shared, settings.expiry,
                static_cast<std::uint64_t>(settings.deadline_unix_ms));
    add(token);
  }
  void deadline(std::uint64_t token, std::int64_t unix_ms) override {
    one_.deadline(engine_.kept_token(token), static_cast<std::uint64_t>(unix_ms));
    add(token);
  }
  void set(std::uint64_t token, std::string_view name, std::string_view text) override {
    one_.set(engine_.kept_token(token), name, text);
    add(token);
  }
  void remove(std::uint64_t token, std::string_view name) override {
    one_.remove(engine_.kept_token(token), name);
    add(token);
  }
  void clear(std::uint64_t token) override {
    one_.clear(engine_.kept_token(token));
    add(token);
  }
  void update(std::uint64_t token, std::string_view name,
              std::span<const json::Edit> edits) override {
    one_.update(engine_.kept_token(token), name, edits);
    add(token);
  }
  void append(std::uint64_t token, std::string_view name, std::string_view text) override {
    one_.append(engine_.kept_token(token), name, text);
    add(token);
  }
  void patch(std::uint64_t token, std::span<const store::PatchOperation> operations) override {
    one_.patch(engine_.kept_token(token), operations);
    add(token);
  }
  void tags(std::uint64_t token, const std::vector<std::string_view>& tags) override {
    one_.tags(engine_.kept_token(token), tags);
    add(token);
  }
  // The records of the session go over to the new token; replayed they end with the rotation.
  void rotate(std::uint64_t token, const store::Token& to) override {
    Kept& kept = engine_.kept_sessions_[to.lower];
    kept = engine_.kept_sessions_[token];
    one_.rotate(token, to);
    add(to.lower);
    drop(token);
  }
  void former(std::uint64_t token, const std::vector<std::uint64_t>& tokens) override {
    one_.former(engine_.kept_token(token), tokens);
    add(token);
  }
  void clock(std::int64_t /*shift_ms*/, std::int64_t /*now_unix_ms*/) override {}

 private:
  void drop(std::uint64_t token) {
    Kept& kept = engine_.kept_sessions_[token];
    kept.records.clear();
    kept.revision = 0;
    ++kept.version;
  }
  void add(std::uint64_t token) {
    Kept& kept = engine_.kept_sessions_[engine_.kept_token(token)];
    kept.records += one_.view();
    ++kept.version;
    kept.revision = revision_ != 0 ? revision_ : engine_.revision_of(token);
    one_.reset();
  }

  RemoteEngine& engine_;
  const std::uint64_t revision_;
  store::Batch one_;
};

std::uint64_t RemoteEngine::kept_token(std::uint64_t token) const {
  for (const Commit& commit : committing_) {
    if (commit.to != 0 && commit.to == token) return commit.token;
  }
  return token;
}

std::uint64_t RemoteEngine::version_of(std::uint64_t token) const {
  const auto found = kept_sessions_.find(token);
  return found == kept_sessions_.end() ? 0 : found->second.version;
}

void RemoteEngine::note_deadline(std::uint64_t token) {
  const store::Session* const session = store_.peek(token);
  if (session != nullptr) kept_sessions_[token].deadline_ms = session->deadline_ms();
}

std::uint64_t RemoteEngine::revision_of(std::uint64_t token) const {
  const store::Session* const session = store_.peek(token);
  return session == nullptr ? 0 : session->revision();
}

Fetched RemoteEngine::fetch(std::uint64_t token) {
  if (dice_.one_in(3)) {
    note_deadline(token);
    return Fetched::kReady;
  }
  fetching_.push_back({token, draw_due_ms()});
  return Fetched::kPending;
}

Committed RemoteEngine::commit(store::Batch& changes, std::uint64_t /*now_ms*/) {
  Divider divider(*this);
  EXPECT_FALSE(store::read_records(changes.view(), divider).fault_at);
  changes.reset();
  return {};
}

Committed RemoteEngine::commit_session(std::uint64_t token, store::Batch& changes,
                                       std::uint64_t /*now_ms*/) {
  Rotation rotation;
  EXPECT_FALSE(store::read_records(changes.view(), rotation).fault_at);
  Commit commit{.ticket = next_ticket_++,
                .token = token,
                .version = version_of(token),
                .to = rotation.to(),
                .to_version = version_of(rotation.to()),
                .records = std::string(changes.view()),
                .revision = revision_of(rotation.to() != 0 ? rotation.to() : token),
                .due_ms = draw_due_ms()};
  changes.reset();
  if (dice_.one_in(3)) return {.outcome = end(commit)};
  const engine::Ticket ticket = commit.ticket;
  committing_.push_back(std::move(commit));
  return {.outcome = Outcome::kPending, .ticket = ticket};
}

Outcome RemoteEngine::end(const Commit& commit) {
  const auto strikes = [this](unsigned one_in) { return one_in != 0 && dice_.one_in(one_in); };
  Outcome outcome = Outcome::kKept;
  bool is_kept =
      version_of(commit.token) == commit.version && version_of(commit.to) == commit.to_version;
  if (!is_kept || strikes(faults_.conflicts)) {
    outcome = Outcome::kConflict;
  } else if (strikes(faults_.refused)) {
    outcome = Outcome::kRefused;
  } else if (strikes(faults_.lost)) {
    outcome = Outcome::kLost;
  }
  is_kept = outcome == Outcome::kKept || (outcome == Outcome::kLost && dice_.one_in(2));
  if (is_kept) {
    Divider divider(*this, commit.revision);
    EXPECT_FALSE(store::read_records(commit.records, divider).fault_at);
  } else {
    take_back(commit.token, commit.records);
  }
  ++(outcome == Outcome::kConflict ? conflicts_ : kept_);
  return outcome;
}

void RemoteEngine::copy_to(store::Store& store) const {
  Doing doing(store, clock_.now_ms());
  for (const auto& [token, kept] : kept_sessions_) {
    EXPECT_FALSE(store::read_records(kept.records, doing).fault_at);
  }
}

void RemoteEngine::take_back(std::uint64_t token, std::string_view records) {
  store::Batch* const told = store_.told();
  store_.tell(nullptr);
  Unrotating unrotating(store_);
  EXPECT_FALSE(store::read_records(records, unrotating).fault_at);
  const Kept& kept = kept_sessions_[token];
  Doing doing(store_, clock_.now_ms());
  doing.end(token);
  EXPECT_FALSE(store::read_records(kept.records, doing).fault_at);
  store::Session* const session = store_.peek(token);
  if (session != nullptr && session->expires() && kept.deadline_ms != 0) {
    store_.set_deadline(*session, kept.deadline_ms, clock_.now_ms());
  }
  if (session != nullptr && kept.revision != 0) store_.restore_revision(*session, kept.revision);
  store_.tell(told);
}

std::uint64_t RemoteEngine::due_ms() const {
  std::uint64_t first_ms = UINT64_MAX;
  for (const Fetch& fetch : fetching_) first_ms = std::min(first_ms, fetch.due_ms);
  for (const Commit& commit : committing_) first_ms = std::min(first_ms, commit.due_ms);
  return first_ms;
}

std::uint64_t RemoteEngine::next_deadline_ms() const {
  const std::uint64_t first_ms = due_ms();
  if (pace_ == nullptr || first_ms == UINT64_MAX) return UINT64_MAX;
  return clock_.now_ms() + first_ms - std::min(first_ms, pace_->now_ms());
}

// In any order: each has its own time.
void RemoteEngine::poll(engine::Events& events) {
  std::vector<std::uint64_t> fetched;
  std::erase_if(fetching_, [&](const Fetch& fetch) {
    if (fetch.due_ms > now_ms()) return false;
    fetched.push_back(fetch.token);
    return true;
  });
  std::vector<Commit> committed;
  std::erase_if(committing_, [&](Commit& commit) {
    if (commit.due_ms > now_ms()) return false;
    committed.push_back(std::move(commit));
    return true;
  });
  ++turns_;
  for (const Commit& commit : committed) events.on_outcome(commit.ticket, end(commit));
  for (const std::uint64_t token : fetched) {
    if (faults_.refused != 0 && dice_.one_in(faults_.refused)) {
      events.on_fetched(token, Fetched::kRefused);
      continue;
    }
    note_deadline(token);
    events.on_fetched(token, Fetched::kReady);
  }
}

}  // namespace seshdb::testing
