// Finds what a JSONPath selects in a value, within bounds. The result is a callback for each node,
// so that nothing is kept of those that were found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "json/location.h"
#include "json/path.h"
#include "json/view.h"

namespace seshdb::json {

/// What a search may take. A step is a value visited, a comparison made, or 64 bytes scanned,
/// compared or matched.
struct SearchBounds {
  std::int64_t steps;
  std::size_t results;
};

struct SearchEnd {
  enum class Reason : std::uint8_t {
    kComplete,
    kStopped,         // the callback wanted no more
    kSteps,           // past a bound
    kResults,         // past a bound
    kRegexpTooLarge,  // one that stands in the value
  };
  Reason reason = Reason::kComplete;
  std::int64_t steps = 0;  // taken
};

/// Is called with each node in the order of RFC 9535; a node found twice comes twice. Both hold
/// during the call; the view (not the location) until the next change of the value. False ends the
/// search.
using FoundNode = std::function<bool(const Location& location, const View& node)>;

/// Searches `root` for what `path` selects. The stack that it uses does not depend on the value.
[[nodiscard]] SearchEnd search(const Path& path, const View& root, const SearchBounds& bounds,
                               const FoundNode& found);

}  // namespace seshdb::json
