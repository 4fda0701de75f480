// OpenSSL's reasons of failures, for people.
#pragma once

#include <openssl/err.h>

#include <string>

namespace seshdb::net {

/// The reason of this thread's last failure in OpenSSL since its queue was empty; `otherwise`
/// where there is none. Empties the queue.
[[nodiscard]] inline std::string take_tls_error(const char* otherwise) {
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return reason != nullptr ? reason : otherwise;
}

}  // namespace seshdb::net
