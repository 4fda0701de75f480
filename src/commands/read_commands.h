// The rows of read_commands.cc.
#pragma once

#include <span>

#include "commands/command.h"

namespace seshdb::commands {

[[nodiscard]] std::span<const Row> read_rows();

}  // namespace seshdb::commands
