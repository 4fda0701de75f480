// Reads the records of a batch (store/batch.h has the grammar) and calls a visitor for each; Replay
// is one. Checks the grammar, but not that a value's text is compact JSON: files have checksums.
// Changes nothing itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "store/patch_operation.h"
#include "store/session.h"
#include "store/tokens.h"

namespace seshdb::store {

/// One function for each kind of record, named like the function of Batch that writes it. It is
/// called with a whole, valid record. Views and spans hold during the call; texts are views of the
/// batch.
class RecordVisitor {
 public:
  /// The fields that `create` and `expiry` share.
  struct Settings {
    bool shared = false;
    Expiry expiry;
    std::int64_t deadline_unix_ms = 0;  // no meaning where the session never expires
  };

  RecordVisitor() = default;
  RecordVisitor(const RecordVisitor&) = delete;
  RecordVisitor& operator=(const RecordVisitor&) = delete;
  virtual ~RecordVisitor() = default;

  // `token` is never 0; a value (`text`) is never empty.

  /// The lower half of the token is not 0.
  virtual void create(const Token& token, const Settings& settings, std::string_view name) = 0;
  virtual void end(std::uint64_t token) = 0;
  virtual void end_all() = 0;
  virtual void expiry(std::uint64_t token, const Settings& settings) = 0;
  virtual void deadline(std::uint64_t token, std::int64_t unix_ms) = 0;
  virtual void set(std::uint64_t token, std::string_view name, std::string_view text) = 0;
  virtual void remove(std::uint64_t token, std::string_view name) = 0;
  virtual void clear(std::uint64_t token) = 0;
  /// `edits` is never empty.
  virtual void update(std::uint64_t token, std::string_view name,
                      std::span<const json::Edit> edits) = 0;
  virtual void append(std::uint64_t token, std::string_view name, std::string_view text) = 0;
  /// `operations` is never empty, and has no kTest and no kIncrement.
  virtual void patch(std::uint64_t token, std::span<const PatchOperation> operations) = 0;
  /// `tags` is sorted by bytes, without repeats; each is of 1 to limits::kTagBytesMax bytes, and
  /// there are at most limits::kTagsMost.
  virtual void tags(std::uint64_t token, const std::vector<std::string_view>& tags) = 0;
  /// The lower half of `to` is neither 0 nor `token`.
  virtual void rotate(std::uint64_t token, const Token& to) = 0;
  /// None of the tokens is 0.
  virtual void former(std::uint64_t token, const std::vector<std::uint64_t>& tokens) = 0;
  virtual void clock(std::int64_t shift_ms, std::int64_t now_unix_ms) = 0;
};

/// The result of reading a batch.
struct RecordsRead {
  std::uint64_t records = 0;            // visited
  std::optional<std::size_t> fault_at;  // where an invalid record begins, in bytes
};

/// Visits the records of `batch` in order. Stops before the first one that violates the grammar.
[[nodiscard]] RecordsRead read_records(std::string_view batch, RecordVisitor& visitor);

}  // namespace seshdb::store
