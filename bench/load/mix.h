// What clients do, and how often each: the works and their weights.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "load/random.h"

namespace seshdb::bench {

enum class Work : std::uint8_t { kGet, kSet, kUpdate, kAppend, kNew, kEnd, kExpiring };
inline constexpr std::array<std::string_view, 7> kWorkNames = {"get", "set", "update",  "append",
                                                               "new", "end", "expiring"};

[[nodiscard]] std::optional<Work> work_named(std::string_view name);

class Mix {
 public:
  static constexpr std::uint32_t kWeightMax = 1'000'000;

  /// This work and no other.
  explicit Mix(Work work);
  /// Reads `get=80,set=20`: whole weights from 0 to kWeightMax, each work once, one of them above
  /// 0. Nothing where it is not written like that.
  [[nodiscard]] static std::optional<Mix> parse(std::string_view text);

  [[nodiscard]] bool has(Work work) const { return weight(work) > 0; }
  [[nodiscard]] std::uint32_t weight(Work work) const {
    return weights_.at(static_cast<std::size_t>(work));
  }
  /// A work, as often as its weight says.
  [[nodiscard]] Work draw(SplitMix& random) const {
    return single_ ? first_ : draw_of_many(random);
  }

 private:
  Mix() = default;
  void sum_up();
  [[nodiscard]] Work draw_of_many(SplitMix& random) const;

  std::array<std::uint32_t, kWorkNames.size()> weights_{};
  std::uint32_t total_ = 0;
  Work first_ = Work::kGet;  // of those with a weight
  bool single_ = true;
};

}  // namespace seshdb::bench
