// Which session a request is about; store/owner.h tells whose that is.
#pragma once

#include "commands/command.h"

namespace seshdb::commands {

/// Sets call.token to the session that the call is about, as far as that can be told (SH_NEW draws
/// it here); 0 where there is none, and then any core may run the call.
void find_token(Context& context, Call& call);

}  // namespace seshdb::commands
