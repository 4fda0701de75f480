// The key and its line go to standard output, a line each; what they are for, to standard error.
#include "admin/keygen.h"

#include <cstdio>
#include <optional>

#include "auth/keys.h"
#include "auth/role.h"
#include "base/exit_status.h"

namespace seshdb::admin {

int make_key(const std::string& name, const std::string& role_name) {
  if (!auth::is_key_name(name)) {
    std::fprintf(stderr,
                 "seshdb keygen: a name is 1 to 64 letters, digits, dots, dashes and "
                 "underscores\n");
    return kExitUsage;
  }
  const std::optional<auth::Role> role = auth::role_of(role_name);
  if (!role || *role == auth::Role::kNone) {
    std::fprintf(stderr, "seshdb keygen: a role is admin, app, monitor or token\n");
    return kExitUsage;
  }
  const std::string key = auth::make_key();
  std::fprintf(stderr, "The key, for the client. It is not shown again:\n");
  std::printf("%s\n", key.c_str());
  std::fflush(stdout);
  std::fprintf(stderr, "Its line, for the file of --auth-file:\n");
  std::printf("%s\n", auth::key_line(name, *role, key).c_str());
  return 0;
}

}  // namespace seshdb::admin
