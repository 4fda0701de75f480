// The secret behind shared sessions' tokens: where it is kept between runs.
#pragma once

#include <string>
#include <variant>

#include "store/tokens.h"

namespace seshdb::server {

/// The secret in `path`: 64 hexadecimal digits and a newline, readable by the owner only. Makes one
/// where there is no file; with an empty path it lives in memory only. Gives the secret, or what
/// failed, for people.
[[nodiscard]] std::variant<store::Secret, std::string> secret_of(const std::string& path);

}  // namespace seshdb::server
