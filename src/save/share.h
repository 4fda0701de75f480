// The core's state that the parts of saves and loads use: its share of the sessions, and the state
// of the current turn. Used on the core's thread only.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "save/lines.h"
#include "store/owner.h"
#include "store/storage.h"
#include "store/store.h"
#include "store/tokens.h"

namespace seshdb::save {

struct Share {
  store::Store& store;
  const Clock& clock;
  const store::Secret& secret;
  std::uint32_t depth_max;  // the deepest nesting of a loaded value
  std::uint32_t core = 0;
  std::uint32_t cores = 1;

  std::uint64_t now_ms = 0;
  bool memory_full = false;  // make no more sessions
  store::Storage storage = store::Storage::kGood;

  /// What a save to load has to keep to.
  [[nodiscard]] Terms terms() const {
    return {.depth_max = depth_max, .token_bits = store.token_bits()};
  }
  [[nodiscard]] bool owns(std::uint64_t token) const {
    return store::owner_of(token, cores) == core;
  }
};

}  // namespace seshdb::save
