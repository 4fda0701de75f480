// Finds the session that a request is about: by its token, or by the name of a shared one.
#pragma once

#include <cstdint>
#include <string_view>

#include <tl/expected.hpp>

#include "commands/arguments.h"
#include "commands/command.h"
#include "commands/context.h"

namespace seshdb::commands {

/// The token of the session that the request of a kSession command names; 0: it names none.
[[nodiscard]] std::uint64_t session_token(const Context& context, const Call& call);

/// That session, live, or the fault of a request that names none. REQUIRES: call.token is its
/// session_token().
[[nodiscard]] tl::expected<store::Session*, Fault> find_session(const Context& context,
                                                                const Call& call);

/// The live session that is shared under this name, or null. One of the same token and another name
/// does not count.
[[nodiscard]] store::Session* find_shared(const Context& context, std::uint64_t token,
                                          std::string_view name);

}  // namespace seshdb::commands
