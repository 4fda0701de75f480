// The rules for names that people give: of saves and keys.
#pragma once

#include <string_view>

namespace seshdb {

/// True for 1 to 64 letters, digits, '.', '-' and '_' that do not begin with '.'. Such a name is
/// always the name of a single folder, never a path.
[[nodiscard]] bool is_save_name(std::string_view name);

/// The same, and it may begin with a dot: it names no file.
[[nodiscard]] bool is_plain_name(std::string_view name);

}  // namespace seshdb
