// The tokens that a core's sessions had before they were rotated, so that a load does not bring one
// back while its session lives. A table entry of 16 bytes for each, and two more for each rotated
// session. Its first token gives a session its place in walks, which rotation does not change. Of a
// token of 128 bits this has the lower half: a former token opens nothing, so none is compared.
#pragma once

#include <array>
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
  /// The first token of the session that has `token` now: the oldest former one, or `token`.
  [[nodiscard]] std::uint64_t first_of(std::uint64_t token) const;
  /// The token that the session of this first token has now; `first` itself where it is not that of
  /// a rotated session.
  [[nodiscard]] std::uint64_t current_of(std::uint64_t first) const;
  /// Adds to `hashes` the token_hash() of up to `most` first tokens of rotated sessions, from
  /// `from` on, in their order.
  void list_first(std::uint64_t from, std::size_t most, std::vector<std::uint64_t>& hashes) const {
    sessions_.list(from, most, hashes);
  }
  /// The former tokens of a session, the oldest first.
  [[nodiscard]] std::vector<std::uint64_t> of(std::uint64_t token) const;
  /// Is it a former token, of a session of any core, or the token of a session that has some?
  [[nodiscard]] bool contains(std::uint64_t token) const;
  /// Forgets the former tokens of a session that ends; of one that has more than `most`, the rest
  /// in forget_some().
  void forget(std::uint64_t token, std::size_t most);
  [[nodiscard]] bool is_forgetting() const { return !forgetting_.empty(); }
  /// Forgets about `budget` tokens of ended sessions, and takes them from it.
  void forget_some(std::size_t& budget);

  /// How many former tokens, and tokens of sessions that have some, are in the rings.
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
  /// Forgets all. Gives the memory, to be freed in slices.
  [[nodiscard]] std::array<Links, 2> take_all();

 private:
  [[nodiscard]] static Link* find(const Links& links, std::uint64_t token);
  static void link(Links& links, std::uint64_t token, std::uint64_t next);
  [[nodiscard]] Link* find(std::uint64_t token) const { return find(links_, token); }
  void note_former(std::uint64_t token);

  Links links_;
  Links sessions_;  // from the first token of each rotated session to its token now
  std::vector<std::uint64_t> forgetting_;  // where forget_some() goes on in rings of ended sessions
  ForeignTokens* foreign_ = nullptr;
  std::function<bool(std::uint64_t)> owns_;
  std::unordered_set<std::uint64_t> shared_;  // what this has put into *foreign_
};

}  // namespace seshdb::store
