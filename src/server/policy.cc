// What clients without a key may do.
#include "server/policy.h"

#include <optional>
#include <string>

#include "base/address.h"
#include "base/logging.h"

namespace seshdb::server {

Result<auth::Policy> policy_of(const Config& config, std::string_view address) {
  const std::optional<Address> host = address_from(address.substr(0, address.rfind(':')));
  const bool is_local = host && host->is_loopback();
  const bool has_keys = !config.auth_file.empty();
  if (!is_local && !has_keys && !config.anonymous) {
    return fail("the server would listen on " + std::string(address) +
                ", where other machines reach it, and nothing says who may do what: give "
                "--auth-file FILE with keys (seshdb keygen makes them), or --anonymous ROLE for "
                "what clients without a key may do");
  }
  if (!is_local && has_keys && !config.tls.is_on()) {
    logging::warn("clients show their keys over connections that others may read: see --tls-cert",
                  {{"address", std::string(address)}});
  }
  const auth::Role fallback = is_local && !has_keys ? auth::Role::kAdmin : auth::Role::kNone;
  return auth::Policy{.anonymous = config.anonymous.value_or(fallback),
                      .only_direct = !config.anonymous,
                      .trusted_proxies = config.trusted_proxies};
}

}  // namespace seshdb::server
