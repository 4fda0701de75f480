// Options that are right one by one and wrong together.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "load/options.h"

namespace seshdb::bench {

/// The options that were given, by their names without dashes, and their texts.
using Given = std::map<std::string, std::string>;

/// What is wrong with them: the option, its value, and what would be allowed. Else nothing.
[[nodiscard]] std::optional<std::string> fault_together(const Options& options, const Given& given);

}  // namespace seshdb::bench
