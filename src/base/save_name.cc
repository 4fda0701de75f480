// ASCII only, independent of the locale.
#include "base/save_name.h"

#include <algorithm>

#include "base/limits.h"

namespace seshdb {

bool is_plain_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-' || c == '_';
  };
  return !name.empty() && name.size() <= limits::kSaveNameBytesMax &&
         std::all_of(name.begin(), name.end(), allowed);
}

bool is_save_name(std::string_view name) { return is_plain_name(name) && name.front() != '.'; }

}  // namespace seshdb
