// Merges one stored object into another, for KV_APPEND.
#pragma once

#include <string_view>

#include "base/buffer.h"

namespace seshdb::json {

/// Appends to `out` the object `base` with the members of the object `added`. An existing member is
/// replaced in its place; two objects of one name are merged the same way; new members follow in
/// their order. Linear in the size of both texts. REQUIRES: both are compact objects.
void append_merged(std::string_view base, std::string_view added, Buffer& out);

}  // namespace seshdb::json
