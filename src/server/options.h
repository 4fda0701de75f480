// The server's options, one table of them.
#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "server/config.h"

namespace seshdb::server {

struct Option {
  /// Changes a setting. The error says what is allowed.
  using Setter = Result<void> (*)(Config&, const std::string&);

  const char* name;
  const char* value;  // the name of the value in --help
  Setter set;
  const char* help;
  bool hidden = false;
};

[[nodiscard]] std::span<const Option> options();

}  // namespace seshdb::server
