// Hints to the processor about what calls are going to touch, so that many waits for memory become
// one. Changes nothing and decides nothing.
#pragma once

#include <cstddef>
#include <span>

#include "commands/command.h"

namespace seshdb::commands {

/// So many calls are hinted at together: as many as a core has misses under way, and few enough
/// that what the first ones need is still there when the last ones are known.
inline constexpr std::size_t kPrefetchMost = 16;

/// Asks for the keys and values that the calls name. REQUIRES: at most kPrefetchMost calls; the
/// slots of their sessions were asked for before (store::Store::prefetch).
void prefetch_keys(const store::Store& store, std::span<const Call* const> calls);

}  // namespace seshdb::commands
