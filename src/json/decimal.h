// Exact arithmetic on the texts of JSON numbers (RFC 8259, section 6) of any length and with any
// exponent: no floating point, and no digit is made that is not needed.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace seshdb::json {

/// How many characters a number may have for `add`, when its exponent is resolved.
inline constexpr std::size_t kResolvedBytesMax = 128;

/// Order by value: 1.0 equals 1, and -0 equals 0. Linear in the texts' lengths, whatever the
/// exponents. REQUIRES: both are texts of JSON numbers.
[[nodiscard]] std::strong_ordering compare(std::string_view a, std::string_view b);

/// The sum in plain digits, with as many behind the point as the operand that has more once its
/// exponent is resolved (1.50e1 counts as 15.0); zero has no sign. Nothing where an operand, when
/// resolved, or the sum has more than kResolvedBytesMax characters. REQUIRES: as above.
[[nodiscard]] std::optional<std::string> add(std::string_view a, std::string_view b);

}  // namespace seshdb::json
