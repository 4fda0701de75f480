// Merges one stored object into another: for KV_APPEND, and as JSON Merge Patch (RFC 7396).
#pragma once

#include <string_view>

#include "base/buffer.h"

namespace seshdb::json {

/// Appends to `out` the object `base` with the members of the object `added`. An existing member is
/// replaced in its place; two objects of one name are merged the same way; new members follow in
/// their order. Linear in the size of both texts. REQUIRES: both are compact objects.
void append_merged(std::string_view base, std::string_view added, Buffer& out);

/// The same as JSON Merge Patch: a member of `patch` that is null removes the one of that name.
void append_merge_patched(std::string_view base, std::string_view patch, Buffer& out);

/// Appends what a merge patch makes of nothing: `patch` without the members that are null, in it
/// and in the objects that are its members. REQUIRES: it is a compact object.
void append_without_nulls(std::string_view patch, Buffer& out);

}  // namespace seshdb::json
