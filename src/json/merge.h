// Merging one stored object into another: KV_APPEND's object + object.
#pragma once

#include <string_view>

#include "base/buffer.h"

namespace seshdb::json {

/// Appends to `out` the object `base` with the members of the object `added`: an existing member is
/// overwritten in its place, two objects under one name are merged the same way, new members follow
/// in their order. Time in proportion to both texts. REQUIRES: both compact objects.
void append_merged(std::string_view base, std::string_view added, Buffer& out);

}  // namespace seshdb::json
