// What clients without a key may do, by the settings and the address that the server listens on.
#pragma once

#include <string_view>

#include "auth/policy.h"
#include "base/result.h"
#include "server/config.h"

namespace seshdb::server {

/// `address`: where the server listens, as text with a port. The error is for a server that would
/// let strangers in: it says the ways out.
[[nodiscard]] Result<auth::Policy> policy_of(const Config& config, std::string_view address);

}  // namespace seshdb::server
