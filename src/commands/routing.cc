// From a request to a token.
#include "commands/routing.h"

#include <string>

#include "commands/arguments.h"
#include "commands/session_commands.h"
#include "json/string.h"
#include "store/tokens.h"

namespace seshdb::commands {

namespace {

std::uint64_t random_token(Context& context) {
  for (;;) {
    const std::uint64_t token = context.random.next();
    if (token != 0) {
      return token;
    }
  }
}

std::uint64_t session_token(const Call& call) {
  const std::string_view text = token_text(call);
  if (text.empty()) {
    return 0;
  }
  std::string scratch;
  return store::parse_token(call.nodes[call.tkn].string(call.text, scratch)).value_or(0);
}

bool has_name(const Call& call) {
  return call.param(0) != nullptr && call.param(0)->kind == json::Kind::kString;
}

}  // namespace

void find_token(Context& context, Call& call) {
  switch (call.command->scope) {
    case Scope::kSession:
      call.token = session_token(call);
      break;
    case Scope::kNewSession:
      call.token = has_name(call) && read_bool(call, call.param(1)) ? token_of_name(context, call)
                                                                    : random_token(context);
      break;
    case Scope::kSharedName:
      call.token = has_name(call) ? token_of_name(context, call) : 0;
      break;
    case Scope::kEveryCore:
      break;
  }
}

}  // namespace seshdb::commands
