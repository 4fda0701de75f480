// The Date that answers carry (RFC 9110, section 6.6.1), made once a second.
#pragma once

#include <cstdint>
#include <string_view>

namespace seshdb::net {

/// The Unix time as an HTTP date. Holds until this thread asks for another second's.
[[nodiscard]] std::string_view http_date(std::int64_t unix_ms);

}  // namespace seshdb::net
