// The slow and simple reference for stored JSON values, on the tests' tree: the value that a
// pointer selects, and the results of an update, an append and compacting.
#pragma once

#include <string>
#include <string_view>

#include "support/json_tree.h"

namespace seshdb::testing {

/// The value that the (decoded) pointer selects, or null. REQUIRES: a valid pointer.
Json* select(Json& root, std::string_view pointer);

/// Removes duplicate names: the last of each name stays, in its place.
Json without_duplicates(Json json);

/// KV_APPEND's result in `base`; false, with nothing changed, for kinds that cannot be appended.
bool append_to(Json& base, const Json& added);

}  // namespace seshdb::testing
