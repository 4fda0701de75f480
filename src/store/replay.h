// Applies the records of a log or a checkpoint to a store. store/records.h reads them, and tells
// what it checks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "store/records.h"
#include "store/store.h"

namespace seshdb::store {

class Replay final : private RecordVisitor {
 public:
  /// Until finish() the sessions' deadlines are Unix milliseconds on the wall clock of the first
  /// record, plus this. A million years before and after 1970 fit. So a clock record changes one
  /// shift, and no session.
  static constexpr std::int64_t kHeldZeroMs = std::int64_t{1} << 55U;

  using Tokens = std::unordered_set<std::uint64_t>;

  /// Ignores sessions for which `is_mine` returns false; empty: ignores none. `followed`: see
  /// missed(). `unix_offset_ms`: add it to the monotonic clock to get Unix milliseconds; `now_ms`
  /// is on the monotonic clock. REQUIRES: the store is empty.
  Replay(Store& store, std::function<bool(std::uint64_t token)> is_mine,
         std::int64_t unix_offset_ms, std::uint64_t now_ms, Tokens followed = {});

  /// Applies a batch. False where a record violates the grammar: the records before it are applied,
  /// and `fault_at` is the byte at which it begins.
  [[nodiscard]] bool apply(std::string_view batch);
  [[nodiscard]] std::size_t fault_at() const { return fault_at_; }
  /// After the last batch, once: converts the deadlines to the monotonic clock. Where the wall
  /// clock is behind the last time in the records, that time counts as now.
  void finish();

  /// The former tokens of sessions of mine whose records were ignored, since these tokens are not
  /// mine. Where there are some, sessions are missing: a replay of the same batches on another
  /// store, which follows these tokens, has them.
  [[nodiscard]] Tokens missed() const;

  /// The offset of the deadlines in the records from those in the store, after finish().
  [[nodiscard]] std::int64_t unix_offset_ms() const { return unix_offset_ms_; }
  /// How far the wall clock is behind the last time in the records; 0 where that may be drift.
  [[nodiscard]] std::int64_t behind_ms() const { return behind_ms_; }

  /// How many records had no session, key or place to apply to. 0, unless a part of the log is
  /// missing.
  [[nodiscard]] std::uint64_t orphans() const { return orphans_; }
  [[nodiscard]] std::uint64_t records() const { return records_; }

 private:
  void create(const Token& token, const Settings& settings, std::string_view name) override;
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
  void patch(std::uint64_t token, std::span<const PatchOperation> operations) override;
  void tags(std::uint64_t token, const std::vector<std::string_view>& tags) override;
  void rotate(std::uint64_t token, const Token& to) override;
  void former(std::uint64_t token, const std::vector<std::uint64_t>& tokens) override;
  void clock(std::int64_t shift_ms, std::int64_t now_unix_ms) override;

  [[nodiscard]] bool is_mine(std::uint64_t token) const { return !is_mine_ || is_mine_(token); }
  [[nodiscard]] bool is_read(std::uint64_t token) const {
    return is_mine(token) || followed_.contains(token);
  }
  // Ends the sessions that were only followed.
  void end_others();
  // The session of a record. Null where it is not read, or does not exist, which is counted as an
  // orphan.
  [[nodiscard]] Session* find(std::uint64_t token);
  [[nodiscard]] std::uint64_t held(std::int64_t unix_ms) const;
  [[nodiscard]] std::uint64_t deadline_of(const Session& session) const;
  void note(bool applied) { orphans_ += applied ? 0 : 1; }

  Store& store_;
  std::function<bool(std::uint64_t)> is_mine_;
  std::int64_t unix_offset_ms_;
  std::uint64_t now_ms_;
  std::int64_t shift_ms_ = 0;              // of all clock records so far
  std::optional<std::int64_t> last_ms_{};  // Unix time in the last of them
  std::int64_t behind_ms_ = 0;
  std::size_t fault_at_ = 0;
  std::uint64_t orphans_ = 0;
  std::uint64_t records_ = 0;
  const Tokens followed_;
  std::unordered_map<std::uint64_t, std::uint64_t> ignored_rotations_;  // new token to old one
};

}  // namespace seshdb::store
