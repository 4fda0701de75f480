// What each value may be.
#include "server/setters.h"

#include <optional>

#include "base/crash_point.h"
#include "base/save_name.h"
#include "net/origin_form.h"

namespace seshdb::server {

Result<void> set_text(std::string& to, const std::string& text) {
  if (text.empty()) return fail("a text that is not empty");
  to = text;
  return {};
}

Result<void> set_log_level(Config& config, const std::string& text) {
  const std::optional<logging::Level> level = logging::level_of(text);
  if (!level) return fail("debug, info, warn, error or off");
  config.log_level = *level;
  return {};
}

Result<void> set_echo(Config& config, const std::string& text) {
  if (text != "true" && text != "false") return fail("true or false");
  config.echo = text == "true";
  return {};
}

Result<void> set_sync(Config& config, const std::string& text) {
  using engine::SyncLevel;
  if (text != "always" && text != "interval" && text != "off") {
    return fail("always, interval or off");
  }
  config.log.sync = text == "always"     ? SyncLevel::kAlways
                    : text == "interval" ? SyncLevel::kInterval
                                         : SyncLevel::kOff;
  return {};
}

Result<void> set_checkpoint_ratio(Config& config, const std::string& text) {
  constexpr double kLeast = 0.1;
  constexpr double kMost = 100;
  double ratio = 0;
  const char* const end = text.data() + text.size();
  const auto [behind, error] = std::from_chars(text.data(), end, ratio);
  if (error != std::errc() || behind != end || !(ratio >= kLeast && ratio <= kMost)) {
    return fail("a number from 0.1 to 100");
  }
  config.log.checkpoint_ratio = ratio;
  return {};
}

Result<void> set_load_name(Config& config, const std::string& text) {
  if (!is_save_name(text)) {
    return fail("1 to 64 letters, digits, dots, dashes and underscores, not beginning with a dot");
  }
  config.load_name = text;
  return {};
}

Result<void> set_crash_at(Config& /*config*/, const std::string& text) {
  if (!arm_crash_point(text)) return fail("a place and a count, as in append:3");
  return {};
}

Result<void> add_origin(Config& config, const std::string& text) {
  if (text != "*") {  // all of them
    if (const std::optional<net::OriginFault> fault = net::find_origin_fault(text)) {
      return fail("an origin such as " + fault->right + ", or *; " + fault->wrong);
    }
  }
  config.allow_origins.push_back(text);
  return {};
}

Result<void> set_tls_min(Config& config, const std::string& text) {
  if (text != "1.2" && text != "1.3") return fail("1.2 or 1.3");
  config.tls.version_min = text == "1.3" ? net::TlsVersion::kTls13 : net::TlsVersion::kTls12;
  return {};
}

Result<void> set_token_bits(Config& config, const std::string& text) {
  if (text != "64" && text != "128") return fail("64 or 128");
  config.token_bits = text == "64" ? store::TokenBits::k64 : store::TokenBits::k128;
  return {};
}

Result<void> set_anonymous(Config& config, const std::string& text) {
  config.anonymous = auth::role_of(text);
  if (!config.anonymous) return fail("none, token, monitor, app or admin");
  return {};
}

Result<void> add_trusted_proxy(Config& config, const std::string& text) {
  const std::optional<Network> network = network_from(text);
  if (!network) {
    return fail(
        "an address or a network such as 10.0.0.0/8 or fd00::/8, without bits behind "
        "the prefix");
  }
  config.trusted_proxies.push_back(*network);
  return {};
}

}  // namespace seshdb::server
