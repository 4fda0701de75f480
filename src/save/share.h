// What parts of saves and loads use of the core that they run on: its share of the sessions, and
// the state of the turn at hand. One thread, the core's.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "store/owner.h"
#include "store/storage.h"
#include "store/store.h"
#include "store/tokens.h"

namespace seshdb::save {

struct Share {
  store::Store& store;
  const Clock& clock;
  const store::Secret& secret;
  std::uint32_t depth_max;  // of values that are loaded
  std::uint32_t core = 0;
  std::uint32_t cores = 1;

  std::uint64_t now_ms = 0;
  bool memory_full = false;  // no session is made
  store::Storage storage = store::Storage::kGood;

  [[nodiscard]] bool owns(std::uint64_t token) const {
    return store::owner_of(token, cores) == core;
  }
};

}  // namespace seshdb::save
