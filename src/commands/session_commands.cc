// SH_: making, finding, describing and ending sessions.
#include "commands/session_commands.h"

#include <array>
#include <set>
#include <string>
#include <vector>

#include "base/limits.h"
#include "commands/arguments.h"
#include "commands/key_commands.h"
#include "commands/new_tokens.h"
#include "commands/session_answers.h"
#include "commands/session_lookup.h"
#include "commands/shared_rows.h"
#include "json/string.h"
#include "store/tokens.h"

namespace seshdb::commands {

namespace {

constexpr Param kNameParam{
    .name = "name",
    .type = Type::kName,
    .missing = Status::kValueMissing,
    .bytes_min = 1,
    .bytes_max = limits::kSessionNameBytesMax,
    .summary = "For a shared session the name to open it by, otherwise an echo."};
constexpr Params kNewParams{kNameParam,
                            {.name = "shared",
                             .type = Type::kBool,
                             .required = false,
                             .wrong_type = Status::kCommandSyntax,
                             .fallback = "false",
                             .summary = "True: others find the session by its name, with SH_OPEN."},
                            kExpiryParam,
                            {.name = "keys",
                             .type = Type::kKeyValues,
                             .required = false,
                             .bytes_max = limits::kKeyNameBytesMax,
                             .summary = "The keys that the session starts with, and their values."},
                            {.name = "tags",
                             .type = Type::kNewTags,
                             .required = false,
                             .bytes_min = 1,
                             .bytes_max = limits::kTagBytesMax,
                             .items_max = limits::kTagsMost,
                             .summary = "Its tags, see SH_TAG."},
                            {.name = "exclusive",
                             .type = Type::kBool,
                             .required = false,
                             .fallback = "false",
                             .summary = "True: with `shared` a name that is taken gives 208."}};
constexpr Params kOpenParams{kNameParam};
constexpr Params kTouchParams{kTokenParam, kExpiryParam};
constexpr std::size_t kName = place_of("name", kNewParams);
static_assert(kName == place_of("name", kOpenParams));
constexpr std::size_t kShared = place_of("shared", kNewParams);
constexpr std::size_t kNewExpiry = place_of("expiry", kNewParams);
constexpr std::size_t kNewKeys = place_of("keys", kNewParams);
constexpr std::size_t kNewTags = place_of("tags", kNewParams);
constexpr std::size_t kExclusive = place_of("exclusive", kNewParams);
constexpr std::size_t kTouchExpiry = place_of("expiry", kTouchParams);

std::string name_of(const Call& call) {
  std::string name;
  json::decode_string(call.param(kName)->raw(call.text), name);
  return name;
}

void append_opened(const Call& call, const store::Token& token, protocol::Reply& reply) {
  reply.status(Status::kOk);
  reply.raw("name", call.param(kName)->text(call.text));
  store::append_token(token, reply.member("tkn"));
}

std::uint64_t token_of_name(const Context& context, const Call& call) {
  return store::shared_token(context.core.secret, name_of(call));
}

// The parameters are not checked yet.
bool has_name(const Call& call) {
  return call.param(kName) != nullptr && call.param(kName)->kind == json::Kind::kString;
}

std::uint64_t token_of_new(const Context& context, const Call& call) {
  if (has_name(call) && read_bool(call, call.param(kShared))) return token_of_name(context, call);
  std::uint64_t token = 0;
  while (token == 0) token = context.core.random.next();
  return token;
}

std::uint64_t token_of_shared(const Context& context, const Call& call) {
  return has_name(call) ? token_of_name(context, call) : 0;
}

void append_not_opened(Status status, const Call& call, protocol::Reply& reply) {
  reply.status(status);
  reply.raw("name", call.param(kName)->text(call.text));
  reply.raw("tkn", "null");
}

// Gives a new session the keys and tags of the request.
void fill(const Context& context, const Call& call, store::Session& session) {
  store::Store& store = context.core.store;
  if (const json::Node* const list = call.param(kNewTags); list != nullptr) {
    std::set<std::string> tags;
    std::string scratch;
    for_each_child(call, *list,
                   [&](const json::Node& item) { tags.emplace(item.string(call.text, scratch)); });
    store.set_tags(session, {tags.begin(), tags.end()});
  }
  if (const json::Node* const keys = call.param(kNewKeys); keys != nullptr) {
    for_each_key_value(call, *keys,
                       [&](const json::Node&, std::string_view name, std::string_view text) {
                         (void)store.set(session, name, text);
                       });
  }
}

void sh_new(const Context& context, const Call& call, store::Session* /*none*/,
            protocol::Reply& reply) {
  const bool shared = read_bool(call, call.param(kShared));
  const std::string name = name_of(call);
  const store::Session* const there =
      shared ? find_shared(context, call.token.lower, name) : nullptr;
  if (there != nullptr) {
    if (read_bool(call, call.param(kExclusive))) {
      append_not_opened(Status::kSessionExist, call, reply);
    } else {
      append_opened(call, context.core.store.token_of(*there), reply);
    }
    return;
  }
  const store::Token token =
      shared ? token_at(context, call.token.lower) : draw_token(context, call.token.lower);
  if (token.lower == 0) {
    reply.fault(Status::kSessionNewFail, given_token(call), "no free token");
    return;
  }
  const store::Expiry expiry = read_expiry(call, call.param(kNewExpiry));
  fill(context, call, context.core.store.create(token, shared, name, expiry, context.turn.now_ms));
  append_opened(call, token, reply);
}

void sh_open(const Context& context, const Call& call, store::Session* /*none*/,
             protocol::Reply& reply) {
  const store::Session* const session = find_shared(context, call.token.lower, name_of(call));
  if (session != nullptr) {
    append_opened(call, context.core.store.token_of(*session), reply);
  } else {
    append_not_opened(Status::kSessionOpenFail, call, reply);
  }
}

void sh_end(const Context& context, const Call& call, store::Session* session,
            protocol::Reply& reply) {
  context.core.store.end(*session);
  reply.status(Status::kOk);
  write_tkn(call, reply);
}

void sh_info(const Context& context, const Call& call, store::Session* session,
             protocol::Reply& reply) {
  reply.status(Status::kOk);
  write_tkn(call, reply);
  reply.boolean("shared", session->shared());
  reply.number("keyCnt", session->keys().size());
  append_expiry(context, *session, reply.member("expiry"));
}

void sh_touch(const Context& context, const Call& call, store::Session* session,
              protocol::Reply& reply) {
  if (const json::Node* const expiry = call.param(kTouchExpiry); expiry != nullptr) {
    context.core.store.set_expiry(*session, read_expiry(call, expiry), context.turn.now_ms);
  } else {
    context.core.store.restart_clock(*session, context.turn.now_ms);
  }
  reply.status(Status::kOk);
  write_tkn(call, reply);
  append_expiry(context, *session, reply.member("expiry"));
}

void sh_rotate(const Context& context, const Call& call, store::Session* session,
               protocol::Reply& reply) {
  if (session->shared()) {
    write_fault(call, Status::kSessionOpenFail, "tkn", reply);
    return;
  }
  const store::Token token = draw_token(context);
  if (token.lower == 0) {
    write_fault(call, Status::kSessionNewFail, "no free token", reply);
    return;
  }
  (void)context.core.store.rotate(*session, token);
  reply.status(Status::kOk);
  store::append_token(token, reply.member("tkn"));
  TokenDigits digits;
  reply.raw("old", token_text(call, digits));
}

constexpr std::array kRows{
    Row{.name = "SH_NEW",
        .scope = Scope::kToken,
        .effect = Effect::kGrows,
        .params = kNewParams,
        .statuses = {Status::kOk, Status::kSessionNewFail, Status::kSessionExist},
        .answer = {{"st", "integer", "1, Ok, or 208, SessionExist: see `exclusive`."},
                   {"name", "string", "The name, as it came."},
                   {"tkn", "string or null", "The session's token; null with 208."}},
        .summary = "Makes a session and gives its token.",
        .details = "With `shared` true and a name that is already a shared session: its token; "
                   "the session stays as it is, and `keys`, `tags` and `expiry` are checked and "
                   "not applied.",
        .example = {R"({"SH_NEW":{"name":"session1"}})",
                    R"({"SH_NEW_RSP":{"st":1,"name":"session1","tkn":"8467384731478681233"}})"},
        .run = sh_new,
        .find_token = token_of_new},
    Row{.name = "SH_OPEN",
        .scope = Scope::kToken,
        .params = kOpenParams,
        .statuses = {Status::kOk, Status::kSessionOpenFail},
        .answer = {{"st", "integer", "1, Ok, or 102, SessionOpenFail: no such shared session."},
                   {"name", "string", "The name, as it came."},
                   {"tkn", "string or null", "The session's token; null with 102."}},
        .summary = "Gives the token of a shared session.",
        .example = {R"({"SH_OPEN":{"name":"sesh1"}})",
                    R"({"SH_OPEN_RSP":{"st":102,"name":"sesh1","tkn":null}})"},
        .run = sh_open,
        .find_token = token_of_shared},
    Row{.name = "SH_END",
        .roles = kTokenRoles,
        .effect = Effect::kChanges,
        .params = {kTokenParam},
        .statuses = {Status::kOk},
        .answer = {kStAnswer, kTknAnswer},
        .summary = "Ends a session: it and its keys are gone at once.",
        .details = "A write that arrives later is answered with 100 and revives nothing.",
        .example = {R"({"SH_END":{"tkn":"8467384731478681233"}})",
                    R"({"SH_END_RSP":{"st":1,"tkn":"8467384731478681233"}})"},
        .run = sh_end},
    Row{.name = "SH_INFO",
        .roles = kTokenRoles,
        .params = {kTokenParam},
        .statuses = {Status::kOk},
        .answer = {kStAnswer,
                   kTknAnswer,
                   {"shared", "bool", "Whether it can be opened by name."},
                   {"keyCnt", "integer", "How many keys it has."},
                   kExpiryAnswer},
        .summary = "Describes a session.",
        .example = {R"({"SH_INFO":{"tkn":"8467384731478681233"}})",
                    R"({"SH_INFO_RSP":{"st":1,"tkn":"8467384731478681233","shared":false,)"
                    R"("keyCnt":2,"expiry":{"expires":false,"duration":0,"time":0,)"
                    R"("deleteSession":true}}})"},
        .run = sh_info},
    Row{.name = "SH_TOUCH",
        .roles = kTokenRoles,
        .effect = Effect::kChanges,
        .params = kTouchParams,
        .statuses = {Status::kOk},
        .answer = {kStAnswer, kTknAnswer, kExpiryAnswer},
        .summary = "Restarts a session's clock, with other settings where they are given.",
        .example = {R"({"SH_TOUCH":{"tkn":"8467384731478681233"}})",
                    R"({"SH_TOUCH_RSP":{"st":1,"tkn":"8467384731478681233",)"
                    R"("expiry":{"expires":false,"duration":0,"time":0,"deleteSession":true}}})"},
        .run = sh_touch},
    Row{.name = "SH_ROTATE",
        .roles = kTokenRoles,
        .effect = Effect::kGrows,
        .params = {kTokenParam},
        .statuses = {Status::kOk, Status::kSessionOpenFail, Status::kSessionNewFail},
        .answer = {kStAnswer,
                   {"tkn", "string", "The session's new token."},
                   {"old", "string", "The one that it had, which is dead."}},
        .summary = "Gives a session a new token, in one step with the end of the old one.",
        .details = "For each log-in, against session fixation. Keys, tags, deadline and revision "
                   "stay. A shared session has the token of its name and is refused: 102 with `m` "
                   "`tkn`. SH_LOAD does not bring a former token back while its session lives.",
        .example = {R"({"SH_ROTATE":{"tkn":"8467384731478681233"}})",
                    R"({"SH_ROTATE_RSP":{"st":1,"tkn":"1157920892373161954",)"
                    R"("old":"8467384731478681233"}})"},
        .run = sh_rotate}};

}  // namespace

std::span<const Row> session_rows() { return kRows; }

}  // namespace seshdb::commands
