// Walks over all sessions of a store, to compare with what its indexes say.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/store.h"

namespace seshdb::testing {

/// The tokens of all sessions in memory, also of those that have expired.
[[nodiscard]] std::vector<std::uint64_t> all_tokens(const store::Store& store);

/// Compares the tag index with the tags of all sessions. Returns "" or an error.
[[nodiscard]] std::string wrong_tag_index(const store::Store& store);

}  // namespace seshdb::testing
