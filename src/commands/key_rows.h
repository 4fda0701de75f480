// The rows of the table for the commands about keys (KV_). Data only.
#pragma once

#include <span>

#include "commands/command.h"

namespace seshdb::commands {

[[nodiscard]] std::span<const Command> key_rows();

}  // namespace seshdb::commands
