// Drawing a work walks over the weights; there are only a few.
#include "load/mix.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace seshdb::bench {

std::optional<Work> work_named(std::string_view name) {
  const auto* const found = std::find(kWorkNames.begin(), kWorkNames.end(), name);
  if (found == kWorkNames.end()) return std::nullopt;
  return static_cast<Work>(found - kWorkNames.begin());
}

Mix::Mix(Work work) {
  weights_.at(static_cast<std::size_t>(work)) = 1;
  sum_up();
}

std::optional<Mix> Mix::parse(std::string_view text) {
  Mix mix;
  std::array<bool, kWorkNames.size()> seen{};
  for (bool more = true; more;) {
    const std::size_t comma = text.find(',');
    const std::string_view entry = text.substr(0, comma);
    more = comma != std::string_view::npos;
    if (more) text.remove_prefix(comma + 1);
    const std::size_t equals = entry.find('=');
    const std::optional<Work> work = work_named(entry.substr(0, equals));
    if (!work || equals == std::string_view::npos) return std::nullopt;
    const auto index = static_cast<std::size_t>(*work);
    const char* const end = entry.data() + entry.size();
    std::uint32_t weight = 0;
    const auto [behind, error] = std::from_chars(entry.data() + equals + 1, end, weight);
    if (error != std::errc() || behind != end || weight > kWeightMax) return std::nullopt;
    if (std::exchange(seen.at(index), true)) return std::nullopt;
    mix.weights_.at(index) = weight;
  }
  mix.sum_up();
  if (mix.total_ == 0) return std::nullopt;
  return mix;
}

void Mix::sum_up() {
  std::size_t count = 0;
  for (std::size_t i = weights_.size(); i-- > 0;) {
    if (weights_.at(i) == 0) continue;
    total_ += weights_.at(i);
    first_ = static_cast<Work>(i);
    ++count;
  }
  single_ = count == 1;
}

Work Mix::draw_of_many(SplitMix& random) const {
  std::uint32_t left = random.below(total_);
  std::size_t i = 0;
  while (left >= weights_.at(i)) left -= weights_.at(i++);
  return static_cast<Work>(i);
}

}  // namespace seshdb::bench
