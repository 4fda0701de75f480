// What commands are given of the core that runs them. One thread.
#pragma once

#include <cstdint>

#include "auth/guesses.h"
#include "base/clock.h"
#include "base/random.h"
#include "commands/bounds.h"
#include "commands/host.h"
#include "store/owner.h"
#include "store/storage.h"
#include "store/store.h"
#include "store/tokens.h"

namespace seshdb::commands {

/// What a core has, for as long as it runs.
struct CoreContext {
  store::Store& store;
  const Clock& clock;
  Random& random;
  const store::Secret& secret;
  auth::Guesses* guesses = nullptr;  // null: wrong tokens are not counted
  const Host* host = nullptr;        // null: SV_INFO must not run
  RequestBounds bounds{};
  std::uint32_t index = 0;
  std::uint32_t cores = 1;

  [[nodiscard]] bool owns(std::uint64_t token) const {
    return store::owner_of(token, cores) == index;
  }
};

/// How things stand in the turn at hand.
struct TurnContext {
  std::uint64_t now_ms = 0;  // the moment of the commands at hand
  bool memory_full = false;
  store::Storage storage = store::Storage::kGood;
};

struct Context {
  CoreContext core;
  TurnContext turn;
};

}  // namespace seshdb::commands
