// The secret behind the tokens of shared sessions: the file that keeps it between runs.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "store/tokens.h"

namespace seshdb::engine {

/// What to do if the file is missing.
enum class NoSecret : std::uint8_t {
  kIsMade,
  kIsAFault,  // there are sessions whose tokens were made with the secret
};

/// The secret in the file `path`: 64 hexadecimal digits and a newline, readable by the owner only.
/// An empty path gives a new secret that is in memory only.
[[nodiscard]] Result<store::Secret> secret_of(const std::string& path,
                                              NoSecret no_secret = NoSecret::kIsMade);

}  // namespace seshdb::engine
