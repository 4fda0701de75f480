// The kinds of work that clients do, and their weights.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "load/random.h"

namespace seshdb::bench {

/// Those up to kFind are about one of a session's documents.
enum class Work : std::uint8_t {
  kGet,
  kSet,
  kUpdate,
  kRead,
  kPatch,
  kIncrement,
  kMerge,
  kFind,
  kAppend,
  kNew,
  kEnd,
  kExpiring
};
inline constexpr std::array<std::string_view, 12> kWorkNames = {
    "get",   "set",  "update", "read", "patch", "increment",
    "merge", "find", "append", "new",  "end",   "expiring"};
/// For messages.
inline constexpr std::string_view kAllWorks =
    "get, set, update, read, patch, increment, merge, find, append, new, end and expiring";

[[nodiscard]] std::optional<Work> work_named(std::string_view name);

class Mix {
 public:
  static constexpr std::uint32_t kWeightMax = 1'000'000;

  /// Only this work.
  explicit Mix(Work work);
  /// Parses `get=80,set=20`: integer weights from 0 to kWeightMax, each work at most once, at least
  /// one weight above 0. Nothing if the text is not valid.
  [[nodiscard]] static std::optional<Mix> parse(std::string_view text);

  [[nodiscard]] bool has(Work work) const { return weight(work) > 0; }
  [[nodiscard]] std::uint32_t weight(Work work) const {
    return weights_.at(static_cast<std::size_t>(work));
  }
  /// Draws a work with a probability proportional to its weight.
  [[nodiscard]] Work draw(SplitMix& random) const {
    return single_ ? first_ : draw_of_many(random);
  }

 private:
  Mix() = default;
  void sum_up();
  [[nodiscard]] Work draw_of_many(SplitMix& random) const;

  std::array<std::uint32_t, kWorkNames.size()> weights_{};
  std::uint32_t total_ = 0;
  Work first_ = Work::kGet;  // the first work with a weight
  bool single_ = true;
};

}  // namespace seshdb::bench
