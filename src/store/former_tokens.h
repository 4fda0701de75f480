// The tokens that a core's sessions had before they were rotated, so that a load does not bring one
// back while its session lives. A table entry of 16 bytes for each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <unordered_set>
#include <vector>

#include "store/segment_table.h"
#include "store/session.h"

namespace seshdb::store {

/// Former tokens of which another core than their session's is the owner: there are some after the
/// number of cores has changed. One object for all cores; any thread.
class ForeignTokens {
 public:
  void add(std::uint64_t token);
  void remove(std::uint64_t token);
  [[nodiscard]] bool contains(std::uint64_t token) const;

 private:
  mutable std::mutex mutex_;
  std::unordered_set<std::uint64_t> tokens_;
};

class FormerTokens {
 public:
  FormerTokens() = default;
  FormerTokens(const FormerTokens&) = delete;
  FormerTokens& operator=(const FormerTokens&) = delete;
  ~FormerTokens() { (void)take_all(); }

  /// From here on tokens for which `owns` returns false are in `foreign` too, which must outlive
  /// this. REQUIRES: there are none.
  void share(ForeignTokens& foreign, std::function<bool(std::uint64_t token)> owns);

  /// The session of token `from` has token `to` now. REQUIRES: !contains(to).
  void add(std::uint64_t from, std::uint64_t to);
  /// Makes `former`, the oldest first, the former tokens of session `token`, without repeats; false
  /// where none is left. REQUIRES: contains() is false for each, and for `token`.
  [[nodiscard]] bool restore(const std::vector<std::uint64_t>& former, std::uint64_t token);
  /// The former tokens of a session, the oldest first.
  [[nodiscard]] std::vector<std::uint64_t> of(std::uint64_t token) const;
  /// Is it a former token, of a session of any core, or the token of a session that has some?
  [[nodiscard]] bool contains(std::uint64_t token) const;
  /// Forgets the former tokens of a session that ends; of one that has more than `most`, the rest
  /// in forget_some().
  void forget(std::uint64_t token, std::size_t most);
  /// Forgets about `budget` tokens of ended sessions, and takes them from it; true when none is
  /// left.
  bool forget_some(std::size_t& budget);

  /// Former tokens, and the tokens of the sessions that have some.
  [[nodiscard]] std::size_t size() const { return links_.size(); }

 private:
  // A session's tokens are a ring: each leads to the one that followed it, the last to the first.
  struct Link {
    [[nodiscard]] bool empty() const { return token == 0; }
    [[nodiscard]] std::uint64_t hash() const { return token_hash(token); }

    std::uint64_t token = 0;
    std::uint64_t next = 0;
  };
  static constexpr std::size_t kSegmentSlots = 64;

 public:
  using Links = SegmentTable<Link, kSegmentSlots>;
  /// Forgets all. Gives their memory, to be freed in slices.
  [[nodiscard]] Links take_all();

 private:
  [[nodiscard]] Link* find(std::uint64_t token) const;
  void link(std::uint64_t token, std::uint64_t next);
  void note_former(std::uint64_t token);

  Links links_;
  std::vector<std::uint64_t> forgetting_;  // where forget_some() goes on in rings of ended sessions
  ForeignTokens* foreign_ = nullptr;
  std::function<bool(std::uint64_t)> owns_;
  std::unordered_set<std::uint64_t> shared_;  // what this has put into *foreign_
};

}  // namespace seshdb::store
