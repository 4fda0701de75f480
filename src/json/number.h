// The value of a JSON number (RFC 8259, section 6) from its text, exactly: no floating point.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace seshdb::json {

/// Whether the value is whole, however it is written: 7, 7.0, 70e-1, 1e400. REQUIRES: `number` is
/// the text of a JSON number. Linear in its length, whatever its exponent.
[[nodiscard]] bool is_whole(std::string_view number);

/// The value, where it is whole and from 0 to `most`; else nothing. REQUIRES and cost as above.
[[nodiscard]] std::optional<std::uint64_t> whole_number(std::string_view number,
                                                        std::uint64_t most);

}  // namespace seshdb::json
