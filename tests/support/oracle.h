// The slow and simple reference for stored JSON values, on the tests' tree: the value that a
// pointer selects, and the results of an update, a splice, an append and compacting.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "support/json_tree.h"

namespace seshdb::testing {

/// The value that the (decoded) pointer selects, or null. REQUIRES: a valid pointer.
Json* select(Json& root, std::string_view pointer);

/// Removes duplicate names: the last of each name stays, in its place.
Json without_duplicates(Json json);

/// Replaces `removed` members or items of `container`, from the one at `index` on, by those of
/// `added`. Returns those that go, in a container of the same kind.
Json splice(Json& container, std::size_t index, std::size_t removed, const Json& added);

/// KV_APPEND's result in `base`; false, with nothing changed, for kinds that cannot be appended.
bool append_to(Json& base, const Json& added);

}  // namespace seshdb::testing
