// Publishing the figures of a turn.
#include "core/published.h"

namespace seshdb::core {

void Published::tell(const store::Counts& counts, store::Storage state, const Figures& figures) {
  sessions.set(counts.sessions);
  keys.set(counts.keys);
  storage.set(static_cast<std::uint64_t>(state));
  std::size_t i = 0;
  for (const std::uint64_t value : figures.values()) engine[i++].set(value);
}

}  // namespace seshdb::core
