// The rows of find_commands.cc.
#pragma once

#include <span>

#include "commands/command.h"

namespace seshdb::commands {

[[nodiscard]] std::span<const Row> find_rows();

}  // namespace seshdb::commands
