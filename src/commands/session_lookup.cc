// The token of a shared session is the MAC of its name, so a name leads to the owner as a token
// does.
#include "commands/session_lookup.h"

#include <optional>
#include <string>

#include "base/limits.h"
#include "commands/shared_rows.h"

namespace seshdb::commands {

namespace {

// Of the `name` that a request gives in place of `tkn`.
std::optional<Status> fault_of_name(const Call& call) {
  const json::Node& node = call.nodes[call.name];
  if (node.kind != json::Kind::kString) return Status::kValueTypeInvalid;
  std::string scratch;
  const std::size_t bytes = node.string(call.text, scratch).size();
  if (bytes == 0 || bytes > limits::kSessionNameBytesMax) return Status::kValueSize;
  return std::nullopt;
}

}  // namespace

std::uint64_t named_token(const Context& context, const Call& call) {
  std::string scratch;
  if (call.name == kNoNode || fault_of_name(call)) return 0;
  return store::shared_token(context.core.secret, call.nodes[call.name].string(call.text, scratch));
}

store::Session* find_shared(const Context& context, std::uint64_t token, std::string_view name) {
  store::Session* const session = context.core.store.find(token, context.turn.now_ms);
  const bool same =
      session != nullptr && session->shared() && context.core.store.name_of(*session) == name;
  return same ? session : nullptr;
}

tl::expected<store::Session*, Fault> find_otherwise(const Context& context, const Call& call) {
  if (call.name == kNoNode) return tl::unexpected(Fault{Status::kSessionTokenInvalid, "tkn"});
  const bool has_token = call.param(kTokenPlace) != nullptr;
  if (has_token) return tl::unexpected(Fault{Status::kCommandSyntax, "name"});
  if (const std::optional<Status> fault = fault_of_name(call)) {
    return tl::unexpected(Fault{*fault, "name"});
  }
  std::string scratch;
  const std::string_view name = call.nodes[call.name].string(call.text, scratch);
  store::Session* const session = find_shared(context, call.token.lower, name);
  if (session == nullptr) return tl::unexpected(Fault{Status::kSessionNotExist, "name"});
  return session;
}

}  // namespace seshdb::commands
