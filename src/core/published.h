// What a core shows of itself to whoever asks for the server's figures. Its thread alone writes;
// any reads, at any moment, without its doing anything for it.
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

// Memory of its own, so that no two cores write to one line of the cache.
struct alignas(64) Published {
  /// As they are at the end of a turn. REQUIRES: `figures` are those of `names`.
  void tell(const store::Counts& counts, store::Storage state, const Figures& figures);

  commands::Tally tally;
  Durations turns;  // of the loop, without its waiting
  Count accepted;   // connections, since the start
  Count refused;    // the same, where there were too many

  Count sessions;
  Count keys;
  Count connections;
  Count storage;                  // as its number
  std::span<const Figure> names;  // the engine's, from before the cores run
  std::array<Count, Figures::kMost> engine;
};

}  // namespace seshdb::core
