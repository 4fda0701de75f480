// The tags of one core's sessions: which tags a session has, and which sessions have a tag. Both
// change in one call, so that neither is behind the other. Sessions without tags take nothing. A
// session is named by its first token (Store::first_token_of), so rotation changes nothing here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <absl/container/btree_set.h>

#include "store/segment_table.h"
#include "store/session.h"

namespace seshdb::store {

class TagIndex {
 public:
  /// The tags of a session, sorted by bytes. Views hold until its tags are set again.
  [[nodiscard]] std::vector<std::string_view> of(std::uint64_t token) const;
  [[nodiscard]] bool has(std::uint64_t token, std::string_view tag) const;
  /// Replaces the tags of a session. REQUIRES: `tags` is sorted by bytes, without repeats, and
  /// within limits::kTagsMost and limits::kTagBytesMax; none is empty.
  void set(std::uint64_t token, const std::vector<std::string_view>& tags);
  /// Gives the tags of session `from`, which has some, to session `to`, which has none.
  void move(std::uint64_t from, std::uint64_t to);

  /// How many sessions have the tag.
  [[nodiscard]] std::uint64_t count(std::string_view tag) const;
  /// Adds to `tokens` up to `most` sessions that have the tag and whose token_hash() is at least
  /// `from`, in the order of that hash.
  void list(std::string_view tag, std::uint64_t from, std::size_t most,
            std::vector<std::uint64_t>& tokens) const;

  /// Sessions with tags.
  [[nodiscard]] std::size_t size() const { return sessions_.size(); }
  /// Do both directions agree? Walks over all; for tests.
  [[nodiscard]] bool is_consistent() const;

  /// Frees about `budget` entries, and takes them from it; true when all are freed. No other
  /// function may be called afterwards.
  bool drop_some(std::size_t& budget);

 private:
  // A session's tags in one block: their number, and of each its length and its bytes.
  struct Tagged {
    [[nodiscard]] bool empty() const { return token == 0; }
    [[nodiscard]] std::uint64_t hash() const { return token_hash(token); }

    std::uint64_t token = 0;
    std::unique_ptr<char[]> tags;
  };
  // Of a tag that more than one session has.
  struct Count {
    [[nodiscard]] bool empty() const { return sessions == 0; }
    [[nodiscard]] std::uint64_t hash() const { return tag_hash; }

    std::uint64_t tag_hash = 0;
    std::uint64_t sessions = 0;
  };
  // A hash of a tag, and the token_hash() of a session that has it.
  using Entry = std::pair<std::uint64_t, std::uint64_t>;
  static constexpr std::size_t kSegmentSlots = 64;

  [[nodiscard]] Tagged* find(std::uint64_t token) const;
  [[nodiscard]] Count* find_count(std::uint64_t tag_hash) const;
  [[nodiscard]] std::uint64_t count_of(std::uint64_t tag_hash) const;
  static std::vector<std::string_view> read(const Tagged& session);
  void add_entry(std::string_view tag, std::uint64_t token_hash);
  void remove_entry(std::string_view tag, std::uint64_t token_hash);

  SegmentTable<Tagged, kSegmentSlots> sessions_;
  SegmentTable<Count, kSegmentSlots> counts_;
  absl::btree_set<Entry> entries_;
};

}  // namespace seshdb::store
