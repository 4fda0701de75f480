// The rows of patch_commands.cc.
#pragma once

#include <span>

#include "commands/command.h"

namespace seshdb::commands {

[[nodiscard]] std::span<const Row> patch_rows();

}  // namespace seshdb::commands
