// Handlers of the commands about the server itself (SV_).
#pragma once

#include "commands/command.h"

namespace seshdb::commands {

void sv_info_part(Context& context, const Call& call, Part& part);
void sv_info_finish(Context& context, const Call& call, const Part& part, protocol::Reply& reply);

}  // namespace seshdb::commands
