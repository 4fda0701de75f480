// The values of JSON numbers (RFC 8259, section 6) from their texts, of any length and with any
// exponent: exact, without floating point, and no digit is made that is not needed.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace seshdb::json {

/// Whether the value is whole, however it is written: 7, 7.0, 70e-1, 1e400. REQUIRES: `number` is
/// the text of a JSON number. Linear in its length, whatever its exponent.
[[nodiscard]] bool is_whole(std::string_view number);

/// The value, where it is whole and from 0 to `most`; else nothing. REQUIRES and cost as above.
[[nodiscard]] std::optional<std::uint64_t> whole_number(std::string_view number,
                                                        std::uint64_t most);

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
