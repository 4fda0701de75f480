// Comparing origins without regard to case, as RFC 6454 has it for scheme and host.
#include "net/origin.h"

#include <algorithm>

#include "net/host.h"

namespace seshdb::net {

bool OriginPolicy::allows(std::string_view origin, std::string_view host) const {
  const bool named = std::any_of(allowed_.begin(), allowed_.end(), [&](const std::string& allowed) {
    return allowed == "*" || same_letters(allowed, origin);
  });
  return named || (is_address(host) && same_letters(origin, own_scheme_ + std::string(host)));
}

bool OriginPolicy::knows(std::string_view host) const {
  return is_address(host) ||
         std::any_of(allowed_.begin(), allowed_.end(), [host](std::string_view allowed) {
           if (allowed == "*") return true;
           const std::size_t scheme = allowed.find("://");
           return scheme != std::string_view::npos &&
                  same_letters(without_port(allowed.substr(scheme + 3)), without_port(host));
         });
}

}  // namespace seshdb::net
