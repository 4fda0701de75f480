// The text of a stored value, for comparison.
#pragma once

#include <string>

#include "json/value.h"

namespace seshdb::testing {

inline std::string text_of(const json::Value& value) {
  Buffer out;
  value.append_to(out);
  return std::string(out.view());
}

}  // namespace seshdb::testing
