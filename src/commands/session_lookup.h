// Finds the session that a request is about: by its token, or by the name of a shared one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "commands/arguments.h"
#include "commands/command.h"
#include "commands/context.h"
#include "store/tokens.h"

namespace seshdb::commands {

/// The lower half of the token of the session that `name` names; 0: it names none.
[[nodiscard]] std::uint64_t named_token(const Context& context, const Call& call);

/// The token of the session that the request of a kSession command names, as the client gave it, or
/// its lower half where it gave a name. The lower half is 0 where it names none.
[[nodiscard]] inline store::Token session_token(const Context& context, const Call& call) {
  if (call.tkn == kNoNode) return {named_token(context, call)};
  std::string scratch;
  return store::parse_token(call.nodes[call.tkn].string(call.text, scratch));
}

/// The same as find_session where the request has no valid `tkn`, or has a `name`.
[[nodiscard]] tl::expected<store::Session*, Fault> find_otherwise(const Context& context,
                                                                  const Call& call);

/// That session, live, or the fault of a request that names none. REQUIRES: call.token is its
/// session_token().
[[nodiscard]] inline tl::expected<store::Session*, Fault> find_session(const Context& context,
                                                                       const Call& call) {
  if (call.tkn == kNoNode || call.name != kNoNode) return find_otherwise(context, call);
  store::Session* const session =
      call.token.lower == 0 ? nullptr : context.core.store.find(call.token, context.turn.now_ms);
  if (session == nullptr) return tl::unexpected(Fault{Status::kSessionNotExist, "tkn"});
  return session;
}

/// The live session that is shared under this name, whose token has this lower half, or null. One
/// of the same lower half and another name does not count.
[[nodiscard]] store::Session* find_shared(const Context& context, std::uint64_t token,
                                          std::string_view name);

}  // namespace seshdb::commands
