// Keys, addresses and refusals. Nothing of a key is logged or repeated.
#include "core/access_control.h"

#include <optional>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/limits.h"
#include "base/logging.h"
#include "net/host.h"
#include "net/http_rules.h"
#include "protocol/reply.h"

namespace seshdb::core {

namespace {

using auth::Role;
using net::Admission;
using net::HttpAction;

constexpr std::string_view kScheme = "bearer";

Admission refuse(unsigned http_status, Status status, std::string_view message,
                 std::string extra = {}) {
  Buffer body;
  protocol::append_error(status, message, body);
  body.append('\n');
  return {.status = http_status, .body = std::string(body.view()), .extra = std::move(extra)};
}

// RFC 6750, section 3.
Admission ask_for_key(Status status, std::string_view message) {
  return refuse(401, status, message, "WWW-Authenticate: Bearer\r\n");
}

Admission turn_away() {
  return refuse(429, Status::kTooManyGuesses, commands::kTooManyGuesses, net::retry_after());
}

bool reads_metrics(Role role) { return role == Role::kAdmin || role == Role::kMonitor; }

// The last address in a list that is not a trusted proxy's. What stands before it, the client may
// have written itself.
std::optional<Address> last_client(std::string_view list, const std::vector<Network>& trusted) {
  std::optional<Address> client;
  while (!list.empty()) {
    const std::size_t comma = list.rfind(',');
    const std::string_view last =
        trimmed(comma == std::string_view::npos ? list : list.substr(comma + 1));
    list = list.substr(0, comma == std::string_view::npos ? 0 : comma);
    const std::optional<Address> address = address_from(last);
    if (!address) return client;
    client = address;
    if (!contains(trusted, *address)) return client;
  }
  return client;
}

}  // namespace

AccessControl::AccessControl(Shared& shared, const commands::TurnContext& turn)
    : shared_(shared), turn_(turn), version_(shared.keys.version()), keys_(shared.keys.keys()) {}

std::uint64_t AccessControl::client_of(const net::Connection& connection,
                                       const net::HttpRequest& request) const {
  const Address peer = connection.transport().peer();
  const std::vector<Network>& trusted = shared_.policy.trusted_proxies;
  std::optional<Address> client;
  if (contains(trusted, peer)) client = last_client(request.forwarded_for, trusted);
  return shared_.guesses.client_of(client.value_or(peer));
}

Role AccessControl::anonymous_role(const net::HttpRequest& request) {
  const auth::Policy& policy = shared_.policy;
  const bool is_direct = !request.is_forwarded && net::is_address(request.host);
  if (!policy.only_direct || is_direct || policy.anonymous == Role::kNone) return policy.anonymous;
  if (!shared_.told_of_proxy.exchange(true)) {
    logging::warn(
        "a request came through a proxy or under another host name: such requests need a key; "
        "give --auth-file FILE, or --anonymous ROLE for what they may do without one",
        {});
  }
  return Role::kNone;
}

const auth::Key* AccessControl::bearer(const net::HttpRequest& request) const {
  const std::string_view text = request.authorization;
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos || lower_case(text.substr(0, space)) != kScheme) {
    return nullptr;
  }
  return keys_->find(trimmed(text.substr(space)));
}

const auth::Key* AccessControl::certified(const net::Connection& connection) const {
  const std::vector<std::string> names = connection.transport().peer_names();
  return names.empty() ? nullptr : keys_->find_certificate(names);
}

Admission AccessControl::admit(net::Connection& connection, const net::HttpRequest& request,
                               HttpAction action) {
  auth::Access access;
  access.client = client_of(connection, request);
  const bool shows_key = request.authorizations != 0;
  if (shows_key) {
    const auth::Key* const key = bearer(request);
    if (key == nullptr) {
      const bool blocked = shared_.guesses.add(access.client, request.authorization, turn_.now_ms);
      return blocked ? turn_away() : ask_for_key(Status::kAuthFailed, "the key is wrong");
    }
    access.role = key->role;
    access.key = place_of(*key);
  } else if (const auth::Key* const key = certified(connection); key != nullptr) {
    access.role = key->role;
    access.key = place_of(*key);
  } else {
    access.role = anonymous_role(request);
  }
  connection.set_access(access);
  if (action == HttpAction::kUpgrade) return {};  // it can show a key then
  if (is_blocked(access)) return turn_away();
  if (access.role == Role::kNone) {
    return ask_for_key(Status::kAuthRequired, "show a key, with Authorization: Bearer KEY");
  }
  if (action == HttpAction::kMetrics && !reads_metrics(access.role)) {
    return access.key != auth::Access::kNoKey ? refuse(403, Status::kForbidden, "/metrics")
                                              : ask_for_key(Status::kAuthRequired, "/metrics");
  }
  return {};
}

commands::Authentication AccessControl::authenticate(net::Connection& connection,
                                                     std::string_view text) {
  auth::Access access = connection.access();
  const auth::Key* const key = keys_->find(text);
  if (key != nullptr) {
    if (connection.is_websocket()) {
      access.role = key->role;
      access.key = place_of(*key);
      connection.set_access(access);
    }
    return {.status = Status::kOk, .key = key};
  }
  const bool blocked = shared_.guesses.add(access.client, text, turn_.now_ms);
  ++access.wrong_keys;
  connection.set_access(access);
  return {.status = blocked ? Status::kTooManyGuesses : Status::kAuthFailed,
          .ends = blocked || access.wrong_keys == limits::kWrongKeysMax};
}

void AccessControl::refresh(Connections& connections, Outbox& outbox) {
  if (version_ == shared_.keys.version()) return;
  version_ = shared_.keys.version();
  const std::shared_ptr<const auth::Keys> before = keys_;
  keys_ = shared_.keys.keys();
  connections.for_each([&](net::Connection& connection) {
    auth::Access access = connection.access();
    if (access.key == auth::Access::kNoKey) return;
    const auth::Key* const same = keys_->find_same(before->all()[access.key]);
    if (same == nullptr) {
      access = {.client = access.client};
      connection.refuse_more();
      outbox.mark(connection.id());
    } else {
      access.key = place_of(*same);
    }
    connection.set_access(access);
  });
}

}  // namespace seshdb::core
