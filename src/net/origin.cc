// Comparing origins without regard to case, as RFC 6454 has it for scheme and host.
#include "net/origin.h"

#include <algorithm>

#include "net/host.h"

namespace seshdb::net {

bool OriginPolicy::allows(std::string_view origin, std::string_view host) const {
  const bool named = std::any_of(allowed_.begin(), allowed_.end(), [&](const std::string& allowed) {
    return allowed == "*" || same_letters(allowed, origin);
  });
  return named || (is_address(host) && same_letters(origin, "http://" + std::string(host)));
}

}  // namespace seshdb::net
