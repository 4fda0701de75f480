// The rows of the table for the commands about the server itself (SV_). Data only.
#pragma once

#include <span>

#include "commands/command.h"

namespace seshdb::commands {

[[nodiscard]] std::span<const Command> server_rows();

}  // namespace seshdb::commands
