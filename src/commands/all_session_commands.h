// The rows of all_session_commands.cc.
#pragma once

#include <span>

#include "commands/command.h"

namespace seshdb::commands {

[[nodiscard]] std::span<const Row> all_session_rows();

}  // namespace seshdb::commands
