// The rows of save_commands.cc.
#pragma once

#include <span>

#include "commands/command.h"

namespace seshdb::commands {

[[nodiscard]] std::span<const Row> save_rows();

}  // namespace seshdb::commands
