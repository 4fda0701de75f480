// Sessions first: their keys are added meanwhile.
#include "store/discarded.h"

#include <algorithm>

namespace seshdb::store {

namespace {
// Larger sets of keys are freed in slices.
constexpr std::size_t kManyKeys = 64;

// Frees the tables of a list segment by segment; calls visit(Slot&) for each slot.
template <typename Table, typename Visit>
void drop_segments(std::vector<Table>& tables, std::size_t& budget, Visit visit) {
  while (budget != 0 && !tables.empty()) {
    if (!tables.back().has_segments()) {
      tables.pop_back();
      continue;
    }
    const std::size_t freed = tables.back().drop_segment(visit);
    budget -= std::min(budget, freed + 1);
  }
}

}  // namespace

void Discarded::add(Keys&& keys) {
  if (keys.size() > kManyKeys) {
    keys_.push_back(std::move(keys));
  } else {
    const Keys freed = std::move(keys);
  }
}

void Discarded::free_some(std::size_t& budget) {
  drop_segments(sessions_, budget, [this](Session& session) { add(std::move(session.keys_)); });
  while (budget != 0 && !keys_.empty()) {
    if (keys_.back().drop_some(budget)) {
      keys_.pop_back();
      --budget;
    } else {
      budget = 0;
    }
  }
  while (budget != 0 && !tags_.empty()) {
    if (tags_.back().drop_some(budget)) tags_.pop_back();
  }
  drop_segments(tokens_, budget, [](const auto&) {});
}

}  // namespace seshdb::store
