// The slow and simple truth about stored JSON values, on the tests' own tree: what a pointer
// selects, what an update and an append make of a value, what compacting leaves.
#pragma once

#include <string>
#include <string_view>

#include "support/json_tree.h"

namespace seshdb::testing {

/// The value that the (decoded) pointer selects, or null. REQUIRES: a valid pointer.
Json* select(Json& root, std::string_view pointer);

/// Without duplicate names: the last of a name stays, where it stood.
Json without_duplicates(Json json);

/// KV_APPEND's result in `base`; false, with nothing changed, where the two do not go together.
bool append_to(Json& base, const Json& added);

}  // namespace seshdb::testing
