// The Date header of answers (RFC 9110, section 6.6.1). It is formatted once a second.
#pragma once

#include <cstdint>
#include <string_view>

namespace seshdb::net {

/// The Unix time as an HTTP date. The view is valid until this thread calls it for another second.
[[nodiscard]] std::string_view http_date(std::int64_t unix_ms);

}  // namespace seshdb::net
