// Which web pages may speak to the server. A browser names the page's origin (RFC 6454); a program
// that is no browser sends none and is let in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace seshdb::net {

class OriginPolicy {
 public:
  OriginPolicy() = default;
  /// `allowed`: origins such as "https://example.com", or "*" for all. `is_tls`: the server's own
  /// pages have the scheme https, not http.
  explicit OriginPolicy(std::vector<std::string> allowed, bool is_tls = false)
      : allowed_(std::move(allowed)), own_scheme_(is_tls ? "https://" : "http://") {}

  /// May a page of `origin` send this request, which was addressed to `host` (its Host header)? Its
  /// own pages may: those of the very address it was reached under. A domain name is no proof of
  /// that (DNS rebinding), so only an IP address or `localhost` counts.
  [[nodiscard]] bool allows(std::string_view origin, std::string_view host) const;

  /// May a page that was loaded from `host` (its Host header) read what is told without an Origin?
  /// An address, `localhost` and the hosts of allowed origins are known, under any port; another
  /// name may have been pointed at this machine.
  [[nodiscard]] bool knows(std::string_view host) const;

 private:
  std::vector<std::string> allowed_;
  std::string own_scheme_ = "http://";
};

}  // namespace seshdb::net
