// Random changes of a store's sessions by way of its own functions, and all that is in it as text.
#pragma once

#include <cstdint>
#include <string>

#include "store/store.h"
#include "support/random.h"

namespace seshdb::testing {

/// Sessions have the tokens from 1 on.
inline constexpr std::uint64_t kTokens = 12;

/// Everything about the sessions, as text.
std::string dump(const store::Store& store);

/// The same of one.
std::string dump(const store::Store& store, const store::Session& session);

/// One change, or none.
void change_some(store::Store& store, Dice& dice, std::uint64_t now_ms);

}  // namespace seshdb::testing
