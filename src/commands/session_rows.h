// The rows of the table for the commands about sessions (SH_). Data only.
#pragma once

#include <span>

#include "commands/command.h"

namespace seshdb::commands {

[[nodiscard]] std::span<const Command> session_rows();

}  // namespace seshdb::commands
