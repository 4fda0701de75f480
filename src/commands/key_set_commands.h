// The rows of key_set_commands.cc.
#pragma once

#include <span>

#include "commands/command.h"

namespace seshdb::commands {

[[nodiscard]] std::span<const Row> key_set_rows();

}  // namespace seshdb::commands
