// What a named save may be called.
#pragma once

#include <string_view>

namespace seshdb {

/// One to 64 letters, digits, '.', '-' and '_', not beginning with '.': the name of one folder, on
/// any system, whatever stands around it.
[[nodiscard]] bool is_save_name(std::string_view name);

}  // namespace seshdb
