// An engine that behaves as if it kept the sessions elsewhere: fetches and commits take some time
// and end in any order, commits meet conflicts, and some are refused or lost where a test asks for
// that. A seed determines all of it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "engine/engine.h"
#include "store/store.h"
#include "support/random.h"

namespace seshdb::testing {

class RemoteEngine final : public engine::Engine {
 public:
  /// One in this many; 0: none.
  struct Faults {
    unsigned conflicts = 4;
    unsigned refused = 0;
    unsigned lost = 0;
  };

  /// Fetches and commits take up to three milliseconds on `pace`, which may differ from the core's
  /// `clock`; null: up to three turns, and the core does not wait meanwhile.
  RemoteEngine(store::Store& store, const Clock& clock, std::uint64_t seed, const Faults& faults,
               const Clock* pace = nullptr)
      : store_(store), clock_(clock), pace_(pace), dice_(seed), faults_(faults) {}

  [[nodiscard]] std::int64_t unix_offset_ms() const override { return 0; }
  [[nodiscard]] bool is_remote() const override { return true; }
  [[nodiscard]] engine::Fetched fetch(std::uint64_t token) override;
  [[nodiscard]] engine::Committed commit(store::Batch& changes, std::uint64_t now_ms) override;
  [[nodiscard]] engine::Committed commit_session(std::uint64_t token, store::Batch& changes,
                                                 std::uint64_t now_ms) override;
  [[nodiscard]] bool has_news() const override { return due_ms() <= now_ms(); }
  void poll(engine::Events& events) override;
  [[nodiscard]] bool work(std::uint64_t /*now_ms*/) override {
    return pace_ == nullptr && due_ms() != UINT64_MAX;
  }
  [[nodiscard]] std::uint64_t next_deadline_ms() const override;

  /// Makes the committed sessions. REQUIRES: the store is empty.
  void copy_to(store::Store& store) const;
  /// The outcomes of commits since the start.
  [[nodiscard]] std::uint64_t conflicts() const { return conflicts_; }
  [[nodiscard]] std::uint64_t kept() const { return kept_; }

 private:
  // A session as it was committed last.
  struct Kept {
    std::string records;
    std::uint64_t version = 0;
    std::uint64_t revision = 0;     // what clients know of it, so that a conflict keeps it
    std::uint64_t deadline_ms = 0;  // when it was fetched; records may be behind it
  };
  struct Fetch {
    std::uint64_t token;
    std::uint64_t due_ms;  // when it ends
  };
  struct Commit {
    engine::Ticket ticket;
    std::uint64_t token;
    std::uint64_t version;     // of the session when it was sent
    std::uint64_t to;          // the token that it gives the session; 0: it keeps its own
    std::uint64_t to_version;  // of that token
    std::string records;
    std::uint64_t revision;  // of the session with these changes
    std::uint64_t due_ms;
  };
  class Divider;

  // Of the pace, or the turns so far.
  [[nodiscard]] std::uint64_t now_ms() const { return pace_ != nullptr ? pace_->now_ms() : turns_; }
  // When the next fetch or commit ends; UINT64_MAX: there is none.
  [[nodiscard]] std::uint64_t due_ms() const;
  [[nodiscard]] std::uint64_t draw_due_ms() { return now_ms() + dice_.roll(4); }

  // The token under which the far side has a session of the store: the former one while the commit
  // of its rotation is under way. So who ends the session then makes that commit a conflict.
  [[nodiscard]] std::uint64_t kept_token(std::uint64_t token) const;
  [[nodiscard]] std::uint64_t version_of(std::uint64_t token) const;
  void note_deadline(std::uint64_t token);
  // In the store; 0: the session is not there.
  [[nodiscard]] std::uint64_t revision_of(std::uint64_t token) const;
  [[nodiscard]] engine::Outcome end(const Commit& commit);
  // Restores the last committed state in the store, without what `records` have done.
  void take_back(std::uint64_t token, std::string_view records);

  store::Store& store_;
  const Clock& clock_;
  const Clock* const pace_;
  std::uint64_t turns_ = 0;
  Dice dice_;
  const Faults faults_;
  std::map<std::uint64_t, Kept> kept_sessions_;
  std::vector<Fetch> fetching_;
  std::vector<Commit> committing_;
  engine::Ticket next_ticket_ = 1;
  std::uint64_t conflicts_ = 0;
  std::uint64_t kept_ = 0;
};

}  // namespace seshdb::testing
