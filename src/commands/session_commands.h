// Handlers of the commands about sessions themselves (SH_). Parameters are checked before.
#pragma once

#include "commands/command.h"

namespace seshdb::commands {

void sh_new(Context& context, const Call& call, store::Session* none, protocol::Reply& reply);
void sh_open(Context& context, const Call& call, store::Session* none, protocol::Reply& reply);
void sh_end(Context& context, const Call& call, store::Session* session, protocol::Reply& reply);
void sh_info(Context& context, const Call& call, store::Session* session, protocol::Reply& reply);
void sh_touch(Context& context, const Call& call, store::Session* session, protocol::Reply& reply);

void sh_info_all_part(Context& context, const Call& call, Part& part);
void sh_info_all_finish(Context& context, const Call& call, const Part& part,
                        protocol::Reply& reply);
void sh_exists_part(Context& context, const Call& call, Part& part);
void sh_exists_finish(Context& context, const Call& call, const Part& part, protocol::Reply& reply);
void sh_end_all_part(Context& context, const Call& call, Part& part);
void sh_end_all_finish(Context& context, const Call& call, const Part& part,
                       protocol::Reply& reply);

/// The token of the shared session that the call's `name` (parameter 0) means. REQUIRES: a string.
[[nodiscard]] std::uint64_t token_of_name(const Context& context, const Call& call);

}  // namespace seshdb::commands
