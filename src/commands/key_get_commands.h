// The rows of key_get_commands.cc.
#pragma once

#include <span>

#include "commands/command.h"

namespace seshdb::commands {

[[nodiscard]] std::span<const Row> key_get_rows();

}  // namespace seshdb::commands
