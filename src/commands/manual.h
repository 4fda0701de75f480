// The manual, made from the table: `seshdb help` and docs/commands.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace seshdb::commands {

/// About one command, for a terminal; with an empty name the list of all. Nothing for an unknown
/// name; case does not matter here.
[[nodiscard]] std::optional<std::string> manual_text(std::string_view name);

/// The whole command reference as Markdown.
[[nodiscard]] std::string manual_markdown();

}  // namespace seshdb::commands
