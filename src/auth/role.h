// What a client may do: its role (docs/security.md).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace seshdb::auth {

enum class Role : std::uint8_t {
  kNone,     // nothing
  kToken,    // changes the sessions whose tokens it shows
  kMonitor,  // reads figures
  kApp,      // works with all sessions
  kAdmin,    // everything
};

inline constexpr std::array<std::string_view, 5> kRoleNames{"none", "token", "monitor", "app",
                                                            "admin"};

[[nodiscard]] constexpr std::string_view role_name(Role role) {
  return kRoleNames.at(static_cast<std::size_t>(role));
}

/// The role of that name, `none` included.
[[nodiscard]] constexpr std::optional<Role> role_of(std::string_view name) {
  for (std::size_t i = 0; i < kRoleNames.size(); ++i) {
    if (kRoleNames.at(i) == name) return static_cast<Role>(i);
  }
  return std::nullopt;
}

/// A set of roles.
class Roles {
 public:
  template <typename... Each>
  constexpr explicit Roles(Each... roles)
      : bits_(((1U << static_cast<unsigned>(roles)) | ... | 0U)) {}

  [[nodiscard]] constexpr bool has(Role role) const {
    return ((bits_ >> static_cast<unsigned>(role)) & 1U) != 0;
  }

 private:
  unsigned bits_;
};

}  // namespace seshdb::auth
