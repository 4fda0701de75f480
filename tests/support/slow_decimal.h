// The sum and the order of JSON numbers, by schoolbook on their digits. Shares nothing with
// src/json/decimal.h, so that one checks the other.
#pragma once

#include <optional>
#include <string>

namespace seshdb::testing {

/// Less than 0, 0 or greater than 0. REQUIRES: JSON numbers whose exponents fit in 32 bits.
[[nodiscard]] int slow_compare(const std::string& a, const std::string& b);

/// The sum as `inc` writes it. Nothing where it, or one of the two, has more than 128 characters.
[[nodiscard]] std::optional<std::string> slow_add(const std::string& a, const std::string& b);

/// The value where it is whole and small; nothing for any other number. A number past 10 digits
/// counts as one with 10.
[[nodiscard]] std::optional<long long> slow_whole(const std::string& number);

}  // namespace seshdb::testing
