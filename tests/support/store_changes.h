// Random changes of a store's sessions by its functions, and its content as text.
#pragma once

#include <cstdint>
#include <string>

#include "store/store.h"
#include "support/random.h"

namespace seshdb::testing {

/// The sessions have tokens from 1 on.
inline constexpr std::uint64_t kTokens = 12;

/// Everything about the sessions, as text.
std::string dump(const store::Store& store);

/// The same for one session.
std::string dump(const store::Store& store, const store::Session& session);

/// One change, or none.
void change_some(store::Store& store, Dice& dice, std::uint64_t now_ms);

}  // namespace seshdb::testing
