// Decides what the clients of a core may do: by the keys that they show, or without one. Which
// commands a role may use stands in the table of commands. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "auth/access.h"
#include "auth/keys.h"
#include "commands/auth_commands.h"
#include "core/connections.h"
#include "core/outbox.h"
#include "core/shared.h"
#include "net/connection.h"

namespace seshdb::core {

class AccessControl {
 public:
  /// Both outlive it.
  AccessControl(Shared& shared, const commands::TurnContext& turn);

  /// Decides on an HTTP request, and gives the connection the access that it shows.
  [[nodiscard]] net::Admission admit(net::Connection& connection, const net::HttpRequest& request,
                                     net::HttpAction action);
  /// Takes a key that AUTH shows. Over HTTP the key is only checked.
  [[nodiscard]] commands::Authentication authenticate(net::Connection& connection,
                                                      std::string_view key);
  /// Has this client to wait, since wrong keys or tokens came from its address?
  [[nodiscard]] bool is_blocked(const auth::Access& access) const {
    return access.may_guess() && shared_.guesses.is_blocked(access.client, turn_.now_ms);
  }
  /// Takes keys that have been replaced; connections whose key is gone or has another role end.
  void refresh(Connections& connections, Outbox& outbox);

 private:
  [[nodiscard]] std::uint64_t client_of(const net::Connection& connection,
                                        const net::HttpRequest& request) const;
  [[nodiscard]] auth::Role anonymous_role(const net::HttpRequest& request);
  // The key of an Authorization header, or null.
  [[nodiscard]] const auth::Key* bearer(const net::HttpRequest& request) const;
  // The key that a client's certificate is, or null.
  [[nodiscard]] const auth::Key* certified(const net::Connection& connection) const;
  [[nodiscard]] std::uint32_t place_of(const auth::Key& key) const {
    return static_cast<std::uint32_t>(&key - keys_->all().data());
  }

  Shared& shared_;
  const commands::TurnContext& turn_;
  std::uint64_t version_ = 0;
  std::shared_ptr<const auth::Keys> keys_;
};

}  // namespace seshdb::core
