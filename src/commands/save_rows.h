// The rows of the commands that save and load sessions under a name.
#pragma once

#include <span>

#include "commands/command.h"

namespace seshdb::commands {

[[nodiscard]] std::span<const Command> save_rows();

}  // namespace seshdb::commands
