// The secret behind shared sessions' tokens: where it is kept between runs.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "store/tokens.h"

namespace seshdb::engine {

/// What is done where there is no file.
enum class NoSecret : std::uint8_t {
  kIsMade,
  kIsAFault,  // there are sessions whose tokens were made with it
};

/// The secret in `path`: 64 hexadecimal digits and a newline, readable by the owner only. With an
/// empty path it is a new one that lives in memory only. Gives the secret, or what failed, for
/// people.
[[nodiscard]] std::variant<store::Secret, std::string> secret_of(
    const std::string& path, NoSecret no_secret = NoSecret::kIsMade);

}  // namespace seshdb::engine
