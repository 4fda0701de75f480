// An engine whose results a test sets, and which records its calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/engine.h"

namespace seshdb::testing {

class ScriptedEngine final : public engine::Engine {
 public:
  [[nodiscard]] bool is_remote() const override { return remote; }
  [[nodiscard]] std::int64_t unix_offset_ms() const override { return offset_ms; }
  [[nodiscard]] engine::Fetched fetch(std::uint64_t token) override {
    fetched.push_back(token);
    return fetches;
  }
  [[nodiscard]] engine::Committed commit(store::Batch& changes, std::uint64_t now_ms) override {
    turns.push_back({std::string(changes.view()), now_ms});
    changes.reset();
    return turn_commits;
  }
  [[nodiscard]] engine::Committed commit_session(std::uint64_t token, store::Batch& changes,
                                                 std::uint64_t /*now_ms*/) override {
    committed.push_back(token);
    bytes.push_back(changes.size());
    changes.reset();
    return {commits, commits == engine::Outcome::kPending ? committed.size() : 0};
  }
  [[nodiscard]] bool has_room(std::size_t /*bytes*/) const override { return room; }
  [[nodiscard]] engine::Storage storage() const override { return storage_state; }
  void close(store::Batch& changes) override { closed_with = changes.size(); }

  // The results from now on.
  bool remote = true;
  std::int64_t offset_ms = 0;
  engine::Fetched fetches = engine::Fetched::kPending;
  engine::Committed turn_commits{};
  engine::Outcome commits = engine::Outcome::kPending;
  bool room = true;
  engine::Storage storage_state = engine::Storage::kGood;

  // The calls.
  struct Turn {
    std::string records;
    std::uint64_t now_ms;
  };
  std::vector<std::uint64_t> fetched;
  std::vector<Turn> turns;
  std::vector<std::uint64_t> committed;  // sessions; the ticket of the first is 1
  std::vector<std::size_t> bytes;        // of the changes of each
  std::size_t closed_with = SIZE_MAX;    // bytes of changes; SIZE_MAX: not closed
};

}  // namespace seshdb::testing
