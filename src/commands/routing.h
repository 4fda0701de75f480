// Which core owns a session, and so runs the commands about it.
#pragma once

#include <cstdint>

#include "commands/command.h"

namespace seshdb::commands {

/// The core, of `cores`, that owns the session of `token`. The same for ever for the same numbers.
[[nodiscard]] std::uint32_t owner_of(std::uint64_t token, std::uint32_t cores);

/// Sets call.token to the session that the call is about, as far as that can be told (SH_NEW draws
/// it here); 0 where there is none, and then any core may run the call.
void find_token(Context& context, Call& call);

}  // namespace seshdb::commands
