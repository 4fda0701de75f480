// AUTH: shows a key. What it changes belongs to the connection, so the runtime runs it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "auth/keys.h"
#include "commands/command.h"

namespace seshdb::commands {

/// The `m` of an answer 207.
inline constexpr std::string_view kTooManyGuesses =
    "too many wrong keys or tokens came from this address; try again in a minute";

/// What became of a key that a client has shown.
struct Authentication {
  Status status = Status::kOk;     // or kAuthFailed, kTooManyGuesses
  const auth::Key* key = nullptr;  // with kOk
  bool ends = false;               // the client is not to ask on
};

[[nodiscard]] std::span<const Row> auth_rows();

/// The key of a checked call: a view of the request or of `scratch`.
[[nodiscard]] std::string_view key_of(const Call& call, std::string& scratch);

/// Writes the answer.
void write_authentication(const Authentication& made, protocol::Reply& reply);

}  // namespace seshdb::commands
