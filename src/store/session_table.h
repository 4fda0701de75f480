// The sessions of a core, by token. A session's slot has room for the upper half of its token where
// tokens have 128 bits, and only there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/check.h"
#include "store/segment_table.h"
#include "store/session.h"
#include "store/tokens.h"

namespace seshdb::store {

inline constexpr std::size_t kSegmentSessions = 256;

/// As SegmentTable; a `token` is a lower half.
class SessionTable {
 public:
  explicit SessionTable(TokenBits bits) : is_wide_(bits == TokenBits::k128) {}

  [[nodiscard]] TokenBits token_bits() const { return is_wide_ ? TokenBits::k128 : TokenBits::k64; }
  [[nodiscard]] std::size_t size() const { return is_wide_ ? wide_.size() : narrow_.size(); }

  [[nodiscard]] Session* find(std::uint64_t token) const {
    const auto same = [token](const Session& session) { return session.token() == token; };
    if (is_wide_) return wide_.find(token_hash(token), same);
    return narrow_.find(token_hash(token), same);
  }
  void prefetch(std::uint64_t token) const {
    is_wide_ ? wide_.prefetch(token_hash(token)) : narrow_.prefetch(token_hash(token));
  }

  /// Is it the upper half of the token of `session`, a session of this table?
  [[nodiscard]] bool has_upper(const Session& session, UpperHalf upper) const {
    return is_same(upper_of(session), upper);
  }
  [[nodiscard]] UpperHalf upper_of(const Session& session) const {
    return is_wide_ ? static_cast<const WideSession&>(session).upper_ : UpperHalf();
  }
  /// Moves `session` into a slot of its own, under `token`, which no session here has. REQUIRES:
  /// `token` has an upper half where, and only where, those of this table do.
  Session& insert(const Token& token, Session&& session) {
    SESHDB_CHECK(token.lower == session.token() && token.upper.is_none() != is_wide_);
    if (!is_wide_) return *narrow_.insert(session.hash()) = std::move(session);
    WideSession& slot = *wide_.insert(session.hash());
    static_cast<Session&>(slot) = std::move(session);
    slot.upper_ = token.upper;
    return slot;
  }
  void erase(Session* session) {
    is_wide_ ? wide_.erase(static_cast<WideSession*>(session)) : narrow_.erase(session);
  }

  template <typename Visit>
  void for_each(Visit visit) const {
    is_wide_ ? wide_.for_each(visit) : narrow_.for_each(visit);
  }
  template <typename Visit>
  bool visit_some(std::uint64_t& hash, Visit visit) const {
    return is_wide_ ? wide_.visit_some(hash, visit) : narrow_.visit_some(hash, visit);
  }
  template <typename Counts>
  void list_if(std::uint64_t from, std::size_t most, std::vector<std::uint64_t>& hashes,
               Counts counts) const {
    is_wide_ ? wide_.list_if(from, most, hashes, counts)
             : narrow_.list_if(from, most, hashes, counts);
  }
  template <typename Visit>
  std::size_t drop_segment(Visit visit) {
    return is_wide_ ? wide_.drop_segment(visit) : narrow_.drop_segment(visit);
  }
  [[nodiscard]] bool has_segments() const {
    return is_wide_ ? wide_.has_segments() : narrow_.has_segments();
  }

 private:
  // The other one stays empty.
  SegmentTable<Session, kSegmentSessions> narrow_;
  SegmentTable<WideSession, kSegmentSessions> wide_;
  bool is_wide_;
};

}  // namespace seshdb::store
