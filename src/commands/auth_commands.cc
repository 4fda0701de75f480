// The row of AUTH and its answer.
#include "commands/auth_commands.h"

#include <array>

#include "commands/arguments.h"

namespace seshdb::commands {

namespace {

using auth::Role;

constexpr Params kAuthParams{
    {.name = "key", .type = Type::kName, .bytes_max = auth::kKeyBytesMax, .summary = "The key."}};
constexpr std::size_t kKey = place_of("key", kAuthParams);

constexpr std::array kRows{
    Row{.name = "AUTH",
        .roles = auth::Roles(Role::kNone, Role::kToken, Role::kMonitor, Role::kApp),
        .scope = Scope::kConnection,
        .params = kAuthParams,
        .answer = {{"st", "integer", "1, Ok."},
                   {"name", "string", "The key's name."},
                   {"role", "string", "What the client may do from now on."}},
        .summary = "Shows a key, which gives the requests behind it on this WebSocket its role.",
        .details = "A wrong key (204) leaves the role as it is; the third one of a connection ends "
                   "it. By POST the key is checked, and nothing changes: each request stands alone "
                   "there, and shows its key with `Authorization: Bearer KEY`.",
        .example = {R"({"AUTH":{"key":"sesh_tJ3…"}})",
                    R"({"AUTH_RSP":{"st":1,"name":"shop","role":"app"}})"}}};

}  // namespace

std::span<const Row> auth_rows() { return kRows; }

std::string_view key_of(const Call& call, std::string& scratch) {
  return read_string(call, call.param(kKey), {}, scratch);
}

void write_authentication(const Authentication& made, protocol::Reply& reply) {
  if (made.key == nullptr) {
    const bool is_wrong = made.status == Status::kAuthFailed;
    reply.fault(made.status, {}, is_wrong ? "the key is wrong" : kTooManyGuesses);
    return;
  }
  reply.status(made.status);
  reply.string("name", made.key->name);
  reply.string("role", auth::role_name(made.key->role));
}

}  // namespace seshdb::commands
