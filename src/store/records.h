// Reading records: a batch (store/batch.h has the grammar) is walked, and a visitor is called for
// each record. Changes nothing itself. Checks the grammar; not that a value's text is compact JSON
// (the checksums of the files vouch for what was written). Replay is one visitor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "json/value.h"
#include "store/session.h"

namespace seshdb::store {

/// One function for each kind of record, named as those of Batch that write them. Each is called
/// with a whole record that is of the grammar. Views and spans hold during the call only; the text
/// they show stands in the batch.
class RecordVisitor {
 public:
  /// What `create` and `expiry` have in common.
  struct Settings {
    bool shared = false;
    Expiry expiry;
    std::int64_t deadline_unix_ms = 0;  // without meaning where the session has no expiry
  };

  RecordVisitor() = default;
  RecordVisitor(const RecordVisitor&) = delete;
  RecordVisitor& operator=(const RecordVisitor&) = delete;
  virtual ~RecordVisitor() = default;

  // `token` is never 0, a value (`text`) never empty.

  virtual void create(std::uint64_t token, const Settings& settings, std::string_view name) = 0;
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
  virtual void clock(std::int64_t shift_ms, std::int64_t now_unix_ms) = 0;
};

/// What became of a batch.
struct RecordsRead {
  std::uint64_t records = 0;            // visited
  std::optional<std::size_t> fault_at;  // where the record begins that is not of the grammar
};

/// Visits the records of `batch` in order. Ends at the first record that is not of the grammar: the
/// visitor is not called for it.
[[nodiscard]] RecordsRead read_records(std::string_view batch, RecordVisitor& visitor);

}  // namespace seshdb::store
