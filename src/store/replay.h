// From records to a store: applies what a log or a checkpoint says. The records are read by
// store/records.h, which says what is checked of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "store/records.h"
#include "store/store.h"

namespace seshdb::store {

class Replay final : private RecordVisitor {
 public:
  /// Until finish() sessions keep their deadlines as Unix milliseconds by the clock as it stood at
  /// the first record, counted from here: a million years before and after 1970 have their place.
  /// A clock that is set changes the way back from there, and no session.
  static constexpr std::int64_t kHeldZeroMs = std::int64_t{1} << 55U;

  /// Sessions for which `is_mine` is false are passed over; empty: none are. `unix_offset_ms`: what
  /// is added to the monotonic clock to give Unix milliseconds; `now_ms` on that clock. REQUIRES:
  /// the store is empty.
  Replay(Store& store, std::function<bool(std::uint64_t token)> is_mine,
         std::int64_t unix_offset_ms, std::uint64_t now_ms);

  /// Applies a batch. False where it is not of the grammar: the records before the fault are
  /// applied, and `fault_at` is where the record begins that has it.
  [[nodiscard]] bool apply(std::string_view batch);
  [[nodiscard]] std::size_t fault_at() const { return fault_at_; }
  /// After the last batch: puts the deadlines on the monotonic clock. Where the wall clock stands
  /// before what the records know, time goes on from there.
  void finish();

  /// The offset by which the deadlines in the records stand to those in the store, after finish().
  [[nodiscard]] std::int64_t unix_offset_ms() const { return unix_offset_ms_; }
  /// By how much the wall clock stands before the time that the records tell of; 0 for drift.
  [[nodiscard]] std::int64_t behind_ms() const { return behind_ms_; }

  /// Records that found nothing to apply to (no such session, key or place). None, unless a part of
  /// the log is missing.
  [[nodiscard]] std::uint64_t orphans() const { return orphans_; }
  [[nodiscard]] std::uint64_t records() const { return records_; }

 private:
  void create(std::uint64_t token, const Settings& settings, std::string_view name) override;
  void end(std::uint64_t token) override;
  void end_all() override;
  void expiry(std::uint64_t token, const Settings& settings) override;
  void deadline(std::uint64_t token, std::int64_t unix_ms) override;
  void set(std::uint64_t token, std::string_view name, std::string_view text) override;
  void remove(std::uint64_t token, std::string_view name) override;
  void clear(std::uint64_t token) override;
  void update(std::uint64_t token, std::string_view name,
              std::span<const json::Edit> edits) override;
  void append(std::uint64_t token, std::string_view name, std::string_view text) override;
  void clock(std::int64_t shift_ms, std::int64_t now_unix_ms) override;

  [[nodiscard]] bool is_mine(std::uint64_t token) const { return !is_mine_ || is_mine_(token); }
  // The session that a record is about. Null for those of others, and, counted as an orphan, where
  // there is none.
  [[nodiscard]] Session* find(std::uint64_t token);
  [[nodiscard]] std::uint64_t held(std::int64_t unix_ms) const;
  [[nodiscard]] std::uint64_t deadline_of(const Session& session) const;
  void note(bool applied) { orphans_ += applied ? 0 : 1; }

  Store& store_;
  std::function<bool(std::uint64_t)> is_mine_;
  std::int64_t unix_offset_ms_;
  std::uint64_t now_ms_;
  std::int64_t shift_ms_ = 0;              // of all clock records so far
  std::optional<std::int64_t> last_ms_{};  // the time that the last of them told
  std::int64_t behind_ms_ = 0;
  std::size_t fault_at_ = 0;
  std::uint64_t orphans_ = 0;
  std::uint64_t records_ = 0;
};

}  // namespace seshdb::store
