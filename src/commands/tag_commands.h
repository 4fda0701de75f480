// Tags of sessions, and the end of all sessions of a tag: SH_TAG, SH_END_TAG.
#pragma once

#include <span>

#include "commands/command.h"

namespace seshdb::commands {

[[nodiscard]] std::span<const Row> tag_rows();

}  // namespace seshdb::commands
