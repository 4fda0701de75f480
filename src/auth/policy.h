// What clients without a key may do, and whose word on a client's address counts.
#pragma once

#include <vector>

#include "auth/role.h"
#include "base/address.h"

namespace seshdb::auth {

struct Policy {
  Role anonymous = Role::kAdmin;  // of a client that shows no key
  /// Where nobody has chosen `anonymous`: it holds only for requests that a program on this machine
  /// has sent to an address or to `localhost`. A proxy's are those of strangers; and a page can
  /// have another name point to this machine (DNS rebinding).
  bool only_direct = false;
  std::vector<Network> trusted_proxies;  // whose X-Forwarded-For names the client
};

}  // namespace seshdb::auth
