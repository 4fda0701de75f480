// All sessions of one core. Every change of a session or a key is made here, so that counts,
// expiry, snapshots and the batch stay right. One thread; no sockets, no disk, no clock: the caller
// passes the time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "json/value.h"
#include "store/batch.h"
#include "store/discarded.h"
#include "store/expiry_wheel.h"
#include "store/former_tokens.h"
#include "store/revisions.h"
#include "store/session_table.h"
#include "store/tag_index.h"
#include "store/tokens.h"

namespace seshdb::store {

/// Live sessions and their keys.
struct Counts {
  std::uint64_t sessions = 0;
  std::uint64_t keys = 0;

  void add(const Counts& other) {
    sessions += other.sessions;
    keys += other.keys;
  }
};

class Snapshot;

class Store {
 public:
  explicit Store(TokenBits token_bits = TokenBits::k64) : sessions_(token_bits) {}
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// How many bits the tokens of its sessions have.
  [[nodiscard]] TokenBits token_bits() const { return sessions_.token_bits(); }

  /// The changes from here to the next call have one revision, which is greater than all before.
  void begin_changes() { revisions_.next(); }
  /// Later revisions are greater than the microseconds of `unix_ms`. Called at the start and then
  /// about every second, so that none is given again after a restart, which forgets them, unless
  /// the wall clock was set back meanwhile.
  void raise_revision(std::int64_t unix_ms) { revisions_.raise(unix_ms); }

  /// The live session of a token that a client gave, or null. Where it has expired by `now_ms`,
  /// first ends it or removes its keys. The pointer holds until a session is created or ended.
  [[nodiscard]] Session* find(const Token& token, std::uint64_t now_ms);
  /// The same by the lower half alone, for callers that know the session otherwise, by its name
  /// say. Here and below a `token` that is a number is a lower half.
  [[nodiscard]] Session* find(std::uint64_t token, std::uint64_t now_ms);

  /// Hints that a find() of `token` follows soon.
  void prefetch(std::uint64_t token) const { sessions_.prefetch(token); }
  /// The session of `token`, or null; ignores expiry. For internal callers.
  [[nodiscard]] Session* peek(std::uint64_t token) const { return sessions_.find(token); }

  /// Creates a session without keys. Its clock starts at `now_ms`; where `deadline_ms` is not 0,
  /// that is its deadline. Keeps `name` for a shared one. REQUIRES: takes(token); no session has
  /// its lower half.
  Session& create(const Token& token, bool shared, std::string_view name, const Expiry& expiry,
                  std::uint64_t now_ms, std::uint64_t deadline_ms = 0);
  /// May it be the token of a session? It has as many bits as the others, and leads to one.
  [[nodiscard]] bool takes(const Token& token) const {
    return token.lower != 0 && token.upper.is_none() == (token_bits() == TokenBits::k64);
  }
  /// Is there a session of that whole token? Ignores expiry.
  [[nodiscard]] bool has(const Token& token) const {
    const Session* const session = peek(token.lower);
    return session != nullptr && sessions_.has_upper(*session, token.upper);
  }
  /// The whole token of a session.
  [[nodiscard]] Token token_of(const Session& session) const {
    return {session.token(), sessions_.upper_of(session)};
  }
  /// Ends the session and its keys.
  void end(Session& session);
  /// Ends all sessions. Returns how many there were; they were all live if settled().
  std::uint64_t end_all();
  /// The name of a shared session; empty for others.
  [[nodiscard]] std::string_view name_of(const Session& session) const;

  /// Replaces the session's tags; see TagIndex::set.
  void set_tags(Session& session, const std::vector<std::string_view>& tags);
  /// Sorted by bytes. Views hold until they are set again, or the session ends.
  [[nodiscard]] std::vector<std::string_view> tags_of(const Session& session) const {
    return tags_.of(first_token_of(session));
  }
  [[nodiscard]] const TagIndex& tags() const { return tags_; }

  /// The token with which it was made, or the oldest that is known. It names the session in the tag
  /// index and in walks, so that a rotated session keeps its place there.
  [[nodiscard]] std::uint64_t first_token_of(const Session& session) const {
    return session.was_rotated() ? former_tokens_.first_of(session.token()) : session.token();
  }
  /// As find(), by the first token.
  [[nodiscard]] Session* find_first(std::uint64_t first, std::uint64_t now_ms) {
    return find(former_tokens_.current_of(first), now_ms);
  }

  /// Gives the session another token: the old one is dead from here on, and is remembered for as
  /// long as the session lives. The session moves, and pointers to sessions end to hold. REQUIRES:
  /// it is not shared; takes(token); its lower half is not that of a session, and not
  /// is_former().
  Session& rotate(Session& session, const Token& token);
  /// Was it the token of a session that lives?
  [[nodiscard]] bool is_former(std::uint64_t token) const {
    return former_tokens_.contains(token) && peek(token) == nullptr;
  }
  /// The oldest first.
  [[nodiscard]] std::vector<std::uint64_t> former_tokens_of(const Session& session) const {
    return former_tokens_.of(session.token());
  }
  /// Adds former tokens to a session that has none; ignores those that live or are known. REQUIRES:
  /// the session was made, and not rotated since.
  void restore_former_tokens(Session& session, std::vector<std::uint64_t> former);
  /// See FormerTokens::share. REQUIRES: there are no sessions.
  void share_former_tokens(ForeignTokens& foreign, std::function<bool(std::uint64_t token)> owns) {
    former_tokens_.share(foreign, std::move(owns));
  }

  /// Changes the settings; starts the clock as create does.
  void set_expiry(Session& session, const Expiry& expiry, std::uint64_t now_ms,
                  std::uint64_t deadline_ms = 0);
  /// Starts the clock again at `now_ms`.
  void restart_clock(Session& session, std::uint64_t now_ms);
  /// The same after the session was used. Not every call adds a record: the deadline in the batch
  /// is behind by at most a sixteenth of the duration, or a second where that is more.
  void slide(Session& session, std::uint64_t now_ms);
  /// Sets the deadline, for instance to that before a restart. REQUIRES: the session expires.
  void set_deadline(Session& session, std::uint64_t deadline_ms, std::uint64_t now_ms);

  /// The value of a key, or null. A large one is opened, so that a read inside it costs what its
  /// path costs.
  [[nodiscard]] const json::Value* open(Session& session, std::string_view name);

  /// Sets the revision of a session that was fetched or taken back. REQUIRES: it was given for what
  /// the session holds now.
  void restore_revision(Session& session, std::uint64_t revision);

  /// Sets a key to a compact JSON text; true where the key is new.
  bool set(Session& session, std::string_view name, std::string_view text);
  /// Adds a key; false, with its value unchanged, where it exists.
  bool add(Session& session, std::string_view name, std::string_view text);
  /// Removes a key; false where it does not exist.
  bool remove(Session& session, std::string_view name);
  /// Removes all keys; returns how many.
  std::size_t clear(Session& session);
  /// As json::Value::update and append; kKeyNotExist where the key does not exist.
  [[nodiscard]] Status update(Session& session, std::string_view name,
                              std::span<const json::Edit> edits, std::uint32_t depth_max,
                              std::size_t& failed);
  [[nodiscard]] Status append(Session& session, std::string_view name, std::string_view text,
                              std::uint32_t depth, std::uint32_t depth_max);

  /// From here on the store keeps deadlines as they are given, on any scale, and expires nothing by
  /// itself. REQUIRES: there are no sessions.
  void hold_clocks() { clocks_held_ = true; }
  /// Sets each deadline to deadline_of(session), on the monotonic clock, and all revisions to
  /// the current one. REQUIRES: hold_clocks().
  void release_clocks(std::uint64_t now_ms,
                      const std::function<std::uint64_t(const Session&)>& deadline_of);

  /// Moves all sessions of another store here. REQUIRES: no token is in both, and those of both
  /// have as many bits; neither store has a batch or a snapshot, or holds its clocks.
  void absorb(Store& other);

  /// Adds the tokens of some sessions to `tokens`, and moves `hash` behind them (0: they were the
  /// last). A walk from 0 to 0 lists every session that is there throughout once, even if others
  /// are created or ended between two calls.
  void some_tokens(std::uint64_t& hash, std::vector<std::uint64_t>& tokens) const;
  /// Adds the first tokens of up to `most` sessions, those whose token_hash() is at least `from`,
  /// in the order of that hash.
  void list_sessions(std::uint64_t from, std::size_t most,
                     std::vector<std::uint64_t>& first_tokens) const;

  /// From here on adds a record of every change to `batch`; null: stops.
  void tell(Batch* batch) { batch_ = batch; }
  [[nodiscard]] Batch* told() const { return batch_; }

  /// Sessions and keys in memory; all are live if settled().
  [[nodiscard]] Counts counts() const { return {sessions_.size(), key_count_}; }

  /// Removes expired sessions and keys, and frees memory: about `budget` sessions or keys, and more
  /// only to keep up with the commands since the last call. True when nothing is left to do.
  bool reclaim(std::uint64_t now_ms, std::size_t budget);
  /// From here on settled() tells whether reclaim() has removed all that expired by `now_ms`.
  void settle(std::uint64_t now_ms);
  [[nodiscard]] bool settled() const { return !wheel_.any_due(); }

 private:
  friend class Snapshot;
  friend class Draft;

  // Null where it is expired, and ended here.
  [[nodiscard]] Session* live(Session& session, std::uint64_t now_ms) {
    return session.expired(now_ms) && !expire(session, now_ms) ? nullptr : &session;
  }
  // Ends an expired session, or removes its keys; false where it was ended.
  bool expire(Session& session, std::uint64_t now_ms);
  void reclaim_expired(std::uint64_t now_ms, std::size_t& budget);
  void sweep_stale_entries();
  void queue(Session& session);
  void tell_deadline(Session& session);
  void start_clock(Session& session, std::uint64_t deadline_ms, std::uint64_t now_ms);
  void apply_expiry(Session& session, const Expiry& expiry, std::uint64_t now_ms,
                    std::uint64_t deadline_ms);
  void before_change(Session& session) {
    if (snapshot_ != nullptr && !is_written(session)) write_to_snapshot(session);
  }
  void before_key_change(Session& session) {
    before_change(session);
    session.revision_ = revisions_.current();
  }
  // While records are replayed reclaim() is not called.
  [[nodiscard]] std::size_t forgotten_at_once() const { return clocks_held_ ? SIZE_MAX : 64; }
  void write_to_snapshot(Session& session);
  void drop_keys(Session& session);
  void tell_patch(Session& session, std::span<const PatchOperation> effects);

  // For Snapshot. A session whose mark is snapshot_turn_ is written to the last snapshot.
  void attach(Snapshot& snapshot);
  void detach(bool is_whole);
  [[nodiscard]] bool is_written(const Session& session) const {
    return session.snapshot_ == snapshot_turn_;
  }
  void mark_written(Session& session) const { session.snapshot_ = snapshot_turn_; }

  SessionTable sessions_;
  std::unordered_map<std::uint64_t, std::string> shared_names_;
  TagIndex tags_;
  FormerTokens former_tokens_;
  ExpiryWheel wheel_;
  bool clocks_held_ = false;
  bool sweeping_ = false;
  std::uint8_t sweep_ : 1 = 0;     // flips with each sweep
  std::size_t queued_lately_ = 0;  // by commands, since the last reclaim
  std::uint64_t key_count_ = 0;
  Revisions revisions_;  // the current one is that of the changes at hand
  Batch* batch_ = nullptr;
  Snapshot* snapshot_ = nullptr;
  std::uint8_t snapshot_turn_ : 1 = 0;  // flips with each snapshot
  bool marks_are_even_ =
      true;  // all sessions have the same mark; false after an unfinished snapshot
  Discarded discarded_;
};

}  // namespace seshdb::store
