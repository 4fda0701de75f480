// Checks the options against each other: values that are valid alone may not be together.
#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "load/options.h"

namespace seshdb::bench {

/// The texts of the options on the command line, by name without dashes.
using Given = std::map<std::string, std::string>;

/// The error names an option, its value, and what is allowed.
[[nodiscard]] Result<void> check_together(const Options& options, const Given& given);

}  // namespace seshdb::bench
