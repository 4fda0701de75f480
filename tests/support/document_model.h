// The slow and simple reference of the commands for which a session is one JSON object: reading,
// patching (RFC 6902 with set, inc and trim), merging (RFC 7396) and searching (RFC 9535, and by
// operators). Knows no bounds but those of numbers: callers keep values small.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support/json_tree.h"

namespace seshdb::testing {

/// A session's keys, by decoded name. No value has a name twice.
using Keys = std::map<std::string, Json>;

/// The object of the keys, and back.
[[nodiscard]] Json document_of(const Keys& keys);
[[nodiscard]] Keys keys_of(const Json& document);

/// Has a change of the keys happened? Of a session that was empty and is replaced by an empty
/// object the contract does not tell.
enum class Changed : std::uint8_t { kNo, kYes, kPerhaps };

struct Patched {
  int status = 1;
  std::size_t failed = 0;  // the operation
  std::string out;         // of `inc`: members, as JSON text
  Changed changed = Changed::kNo;
};

/// Makes all operations on `keys`, or none. REQUIRES: each has one fault at most.
[[nodiscard]] Patched patch_keys(Keys& keys, const Json& operations);

/// Merges `patch`, which is no null, into `target` (RFC 7396, section 2).
void merge_patch(Json& target, const Json& patch);

/// What KV_READ tells of the value that `pointer` selects, as JSON text; nothing where it is left
/// out. REQUIRES: a valid pointer.
[[nodiscard]] std::optional<std::string> read_as(Json& document, const std::string& pointer,
                                                 const std::string& as);

/// What a JSONPath selects, as `rsp` asks for it: JSON texts. REQUIRES: a valid path.
[[nodiscard]] std::vector<std::string> find_path(const Json& document, const std::string& path,
                                                 const std::string& rsp);

/// The names of the keys in whose values `pointer` selects something that compares so.
[[nodiscard]] std::vector<std::string> find_keys(Keys& keys, const std::string& pointer,
                                                 const std::string& op, const Json& operand);

/// Equal by value (RFC 6902, section 4.6)?
[[nodiscard]] bool equal_by_value(const Json& a, const Json& b);

}  // namespace seshdb::testing
