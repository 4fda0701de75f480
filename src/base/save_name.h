// The rule for names of saves.
#pragma once

#include <string_view>

namespace seshdb {

/// True for 1 to 64 letters, digits, '.', '-' and '_' that do not begin with '.'. Such a name is
/// always the name of a single folder, never a path.
[[nodiscard]] bool is_save_name(std::string_view name);

}  // namespace seshdb
