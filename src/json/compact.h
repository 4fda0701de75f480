// From a checked text to the form in which values are stored: compact, each name once.
#pragma once

#include <string_view>

#include "base/buffer.h"

namespace seshdb::json {

/// Appends the value `text` without insignificant white space and without superseded members.
/// REQUIRES: a valid JSON value.
void append_compact(std::string_view text, bool has_duplicates, Buffer& out);

}  // namespace seshdb::json
