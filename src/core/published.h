// The figures that a core publishes, for SV_INFO and GET /metrics. Only the core's thread writes
// them; any thread reads them at any time.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/figures.h"
#include "base/tally.h"
#include "commands/tally.h"
#include "store/storage.h"
#include "store/store.h"

namespace seshdb::core {

// Aligned, so that no two cores write to one cache line.
struct alignas(64) Published {
  /// Publishes the figures of a turn. REQUIRES: `figures` are those of `names`.
  void tell(const store::Counts& counts, store::Storage state, const Figures& figures);

  commands::Tally tally;
  Durations turns;  // of the loop, without its waiting
  Count accepted;   // connections, since the start
  Count refused;    // connections over a limit

  Count sessions;
  Count keys;
  Count connections;
  Count storage;                  // a store::Storage
  std::span<const Figure> names;  // the engine's; set before the cores run
  std::array<Count, Figures::kMost> engine;
};

}  // namespace seshdb::core
