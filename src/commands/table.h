// The table of commands: all rows, and what is derived from them.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "commands/command.h"

namespace seshdb::commands {

/// All rows, in the manual's order.
[[nodiscard]] std::span<const Command> all_commands();

/// What the command may answer, in order: its row's own statuses, and what its parameters, scope
/// and effect are refused with. Any command may also answer 12, and what a `rid` is refused with.
[[nodiscard]] std::vector<Status> statuses_of(const Command& command);

/// The row of this (decoded) name, or null.
[[nodiscard]] const Command* find_command(std::string_view name);

}  // namespace seshdb::commands
