// What a connection's client may do at the moment, and why.
#pragma once

#include <cstdint>

#include "auth/role.h"

namespace seshdb::auth {

struct Access {
  static constexpr std::uint32_t kNoKey = UINT32_MAX;

  Role role = Role::kNone;
  std::uint8_t wrong_keys = 0;  // that the connection has shown
  std::uint32_t key = kNoKey;   // index in Keys::all(), of the key that gave the role
  std::uint64_t client = 0;     // Guesses::client_of(address); 0: not known yet

  /// Do wrong tokens of this client count as guesses?
  [[nodiscard]] bool may_guess() const { return role == Role::kNone || role == Role::kToken; }
};

}  // namespace seshdb::auth
