// The rows of key_change_commands.cc.
#pragma once

#include <span>

#include "commands/command.h"

namespace seshdb::commands {

[[nodiscard]] std::span<const Row> key_change_rows();

}  // namespace seshdb::commands
