// The form of an origin as a browser sends it (RFC 6454, and how the URL standard spells hosts), so
// that a setting which no page could ever match is told of instead of kept.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace seshdb::net {

struct OriginFault {
  std::string wrong;  // what is wrong with the text: "it has a path"
  std::string right;  // the origin that was meant, as far as that can be told; else an example
};

/// Nothing where a browser may send `text` as an Origin; `null` is one too.
[[nodiscard]] std::optional<OriginFault> find_origin_fault(std::string_view text);

}  // namespace seshdb::net
