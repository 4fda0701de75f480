// Prefetches the memory that calls will read, so that their cache misses overlap. Changes no data
// and no answer.
#pragma once

#include <cstddef>
#include <span>

#include "commands/command.h"

namespace seshdb::commands {

/// How many calls are prefetched together. A processor core has about so many cache misses under
/// way at once, and their lines are still in the cache when the calls run.
inline constexpr std::size_t kPrefetchMost = 16;

/// Prefetches the keys and values that the calls name. REQUIRES: at most kPrefetchMost calls, whose
/// sessions' slots were prefetched before (store::Store::prefetch).
void prefetch_keys(const store::Store& store, std::span<const Call* const> calls);

}  // namespace seshdb::commands
