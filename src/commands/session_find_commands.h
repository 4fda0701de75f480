// Finding sessions by their tags, or all: SH_FIND.
#pragma once

#include <span>

#include "commands/command.h"

namespace seshdb::commands {

[[nodiscard]] std::span<const Row> session_find_rows();

}  // namespace seshdb::commands
