// The rows of server_commands.cc.
#pragma once

#include <span>

#include "commands/command.h"

namespace seshdb::commands {

[[nodiscard]] std::span<const Row> server_rows();

}  // namespace seshdb::commands
