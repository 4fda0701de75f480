// Converts a checked text to the stored form of values: compact, each name once.
#pragma once

#include <string_view>

#include "base/buffer.h"

namespace seshdb::json {

/// Appends `text` without insignificant white space and, with `has_duplicates`, without superseded
/// members. REQUIRES: a valid JSON value (RFC 8259); `has_duplicates` where it has such members.
void append_compact(std::string_view text, bool has_duplicates, Buffer& out);

}  // namespace seshdb::json
