// The rows of session_commands.cc.
#pragma once

#include <span>

#include "commands/command.h"

namespace seshdb::commands {

[[nodiscard]] std::span<const Row> session_rows();

}  // namespace seshdb::commands
