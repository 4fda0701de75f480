// A slow and simple evaluator of JSONPath over trees, to compare the searches of json/path_search.h
// with. It shares with them the parsed path, the decimals and the regular expressions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "json/path.h"
#include "support/json_tree.h"

namespace seshdb::testing {

struct SlowNode {
  std::string path;  // normalized
  const Json* value;
};

/// Nothing where a list of nodes on the way had more than `most`. The nodes are a part of `root`.
[[nodiscard]] std::optional<std::vector<SlowNode>> slow_find(const json::Path& path,
                                                             const Json& root, std::size_t most);

/// Equal by value (RFC 6902, section 4.6)?
[[nodiscard]] bool slow_equal(const Json& a, const Json& b);

}  // namespace seshdb::testing
