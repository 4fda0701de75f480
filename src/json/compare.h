// Equality of JSON values (RFC 6902, section 4.6) and the order of strings, on stored texts:
// numbers by value, strings as they read, members in any order. It never recurses.
#pragma once

#include <compare>
#include <string_view>

#include "json/steps.h"

namespace seshdb::json {

/// Equal by value? At most n log n in the texts' sizes, whatever they hold. False too where `steps`
/// ran out before it was known. REQUIRES: both are compact values without duplicate names.
[[nodiscard]] bool same_value(std::string_view a, std::string_view b, Steps& steps);
[[nodiscard]] bool same_value(std::string_view a, std::string_view b);

/// The order of two strings' code points; a lone surrogate is one. REQUIRES: both are the texts of
/// strings, with their quotes.
[[nodiscard]] std::strong_ordering compare_strings(std::string_view a, std::string_view b);

}  // namespace seshdb::json
