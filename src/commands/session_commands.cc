// SH_: making, finding, describing and ending sessions.
#include "commands/session_commands.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "commands/arguments.h"
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
                            kExpiryParam};
constexpr Params kOpenParams{kNameParam};
constexpr Params kTouchParams{kTokenParam, kExpiryParam};
constexpr Params kExistsParams{{.name = "tkns",
                                .type = Type::kTokens,
                                .wrong_type = Status::kCommandSyntax,
                                .summary = "Tokens; items that are no strings are passed over."}};

constexpr std::size_t kName = place_of("name", kNewParams);
static_assert(kName == place_of("name", kOpenParams));
constexpr std::size_t kShared = place_of("shared", kNewParams);
constexpr std::size_t kNewExpiry = place_of("expiry", kNewParams);
constexpr std::size_t kTouchExpiry = place_of("expiry", kTouchParams);
constexpr std::size_t kTokens = place_of("tkns", kExistsParams);

constexpr AnswerMember kExpiryAnswer{
    "expiry", "object",
    "`expires`, `duration` (seconds), `time` (the deadline in Unix seconds), `deleteSession`, and "
    "`sliding` where it is true."};

// A random 64-bit number is practically never taken. Where so many in a row are, the generator is
// broken.
constexpr int kTokenTries = 16;

void append_token(std::uint64_t token, Buffer& out) {
  out.append('"');
  out.append_number(token);
  out.append('"');
}

// A random token of a session that this core owns.
std::uint64_t draw_token(const Context& context) {
  for (;;) {
    const std::uint64_t token = context.core.random.next();
    if (token != 0 && context.core.owns(token)) {
      return token;
    }
  }
}

void append_expiry(const Context& context, const store::Session& session, protocol::Reply& reply) {
  Buffer& out = reply.member("expiry");
  if (!session.expires()) {
    out.append(R"({"expires":false,"duration":0,"time":0,"deleteSession":true})");
    return;
  }
  const store::Expiry expiry = session.expiry();
  const std::int64_t unix_ms = context.core.clock.to_unix_ms(session.deadline_ms());
  out.append(R"({"expires":true,"duration":)");
  out.append_number(expiry.duration_s);
  out.append(R"(,"time":)");
  out.append_signed(whole_seconds(unix_ms));
  out.append(R"(,"deleteSession":)");
  out.append(expiry.delete_session ? "true" : "false");
  if (expiry.sliding) {
    out.append(R"(,"sliding":true)");
  }
  out.append('}');
}

std::string name_of(const Call& call) {
  std::string name;
  json::decode_string(call.param(kName)->raw(call.text), name);
  return name;
}

void append_opened(const Call& call, std::uint64_t token, protocol::Reply& reply) {
  reply.status(Status::kOk);
  reply.raw("name", call.param(kName)->text(call.text));
  append_token(token, reply.member("tkn"));
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

void sh_new(const Context& context, const Call& call, store::Session* /*none*/,
            protocol::Reply& reply) {
  const bool shared = read_bool(call, call.param(kShared));
  const std::string name = name_of(call);
  std::uint64_t token = call.token;
  if (shared && find_shared(context, token, name) != nullptr) {
    append_opened(call, token, reply);
    return;
  }
  // The token of a shared session is the MAC of its name. For other sessions another one is drawn.
  for (int tries = 0; context.core.store.find(token, context.turn.now_ms) != nullptr; ++tries) {
    if (shared || tries == kTokenTries) {
      reply.fault(Status::kSessionNewFail, given_token(call), "no free token");
      return;
    }
    token = draw_token(context);
  }
  const store::Expiry expiry = read_expiry(call, call.param(kNewExpiry));
  (void)context.core.store.create(token, shared, name, expiry, context.turn.now_ms);
  append_opened(call, token, reply);
}

void sh_open(const Context& context, const Call& call, store::Session* /*none*/,
             protocol::Reply& reply) {
  if (find_shared(context, call.token, name_of(call)) != nullptr) {
    append_opened(call, call.token, reply);
    return;
  }
  reply.status(Status::kSessionOpenFail);
  reply.raw("name", call.param(kName)->text(call.text));
  reply.raw("tkn", "null");
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
  append_expiry(context, *session, reply);
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
  append_expiry(context, *session, reply);
}

store::Counts sh_info_all_part(const Context& context, const Call& /*call*/) {
  return context.core.store.counts();
}

void sh_info_all_finish(const Context& /*context*/, const Call& /*call*/, const store::Counts& all,
                        protocol::Reply& reply) {
  reply.number("totalSessions", all.sessions);
  reply.number("totalKeys", all.keys);
}

// For each item of `tkns` whether a core has its session.
struct Live {
  std::vector<bool> items;

  void add(const Live& other) {
    for (std::size_t i = 0; i < items.size(); ++i) items[i] = items[i] || other.items[i];
  }
};

Live sh_exists_part(const Context& context, const Call& call) {
  Live live;
  std::string scratch;
  for_each_child(call, *call.param(kTokens), [&](const json::Node& item) {
    std::optional<std::uint64_t> token;
    if (item.kind == json::Kind::kString) {
      token = store::parse_token(item.string(call.text, scratch));
    }
    live.items.push_back(token && context.core.owns(*token) &&
                         context.core.store.find(*token, context.turn.now_ms) != nullptr);
  });
  return live;
}

void sh_exists_finish(const Context& /*context*/, const Call& call, const Live& all,
                      protocol::Reply& reply) {
  reply.status(Status::kOk);
  Buffer& out = reply.member("exist");
  out.append('[');
  std::size_t index = 0;
  bool first = true;
  for_each_child(call, *call.param(kTokens), [&](const json::Node& item) {
    if (!all.items[index++]) return;
    if (!first) out.append(',');
    first = false;
    out.append(item.text(call.text));
  });
  out.append(']');
}

store::Counts sh_end_all_part(const Context& context, const Call& /*call*/) {
  return {.sessions = context.core.store.end_all()};
}

void sh_end_all_finish(const Context& /*context*/, const Call& /*call*/, const store::Counts& all,
                       protocol::Reply& reply) {
  reply.status(Status::kOk);
  reply.number("cnt", all.sessions);
}

constexpr std::array kRows{
    Row{.name = "SH_NEW",
        .scope = Scope::kToken,
        .effect = Effect::kGrows,
        .params = kNewParams,
        .statuses = {Status::kOk, Status::kSessionNewFail},
        .answer = {kStAnswer, {"name", "string", "The name, as it came."}, kTknAnswer},
        .summary = "Makes a session and gives its token.",
        .details = "With `shared` true and a name that is already a shared session: its token; "
                   "the session stays as it is.",
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
    Row{.name = "SH_INFO_ALL",
        .scope = Scope::kEveryCore,
        .settles = true,
        .answer = {{"totalSessions", "integer", "Live sessions of the whole server."},
                   {"totalKeys", "integer", "The keys of all of them."}},
        .summary = "Counts live sessions and keys; what has expired is not counted.",
        .example = {R"({"SH_INFO_ALL":{}})",
                    R"({"SH_INFO_ALL_RSP":{"totalSessions":1,"totalKeys":2}})"},
        .gather = gather<sh_info_all_part, sh_info_all_finish>()},
    Row{.name = "SH_EXISTS",
        .scope = Scope::kEveryCore,
        .params = kExistsParams,
        .statuses = {Status::kOk},
        .answer = {kStAnswer,
                   {"exist", "array", "The live ones, in the order asked, as often as asked."}},
        .summary = "Tells which of many sessions are live.",
        .example = {R"({"SH_EXISTS":{"tkns":["8467384731478681233","12"]}})",
                    R"({"SH_EXISTS_RSP":{"st":1,"exist":["8467384731478681233"]}})"},
        .gather = gather<sh_exists_part, sh_exists_finish>()},
    Row{.name = "SH_TOUCH",
        .effect = Effect::kChanges,
        .params = kTouchParams,
        .statuses = {Status::kOk},
        .answer = {kStAnswer, kTknAnswer, kExpiryAnswer},
        .summary = "Restarts a session's clock, with other settings where they are given.",
        .example = {R"({"SH_TOUCH":{"tkn":"8467384731478681233"}})",
                    R"({"SH_TOUCH_RSP":{"st":1,"tkn":"8467384731478681233",)"
                    R"("expiry":{"expires":false,"duration":0,"time":0,"deleteSession":true}}})"},
        .run = sh_touch},
    Row{.name = "SH_END_ALL",
        .scope = Scope::kEveryCore,
        .effect = Effect::kChanges,
        .settles = true,
        .statuses = {Status::kOk},
        .answer = {kStAnswer, {"cnt", "integer", "How many sessions were ended."}},
        .summary = "Ends every session of the server.",
        .example = {R"({"SH_END_ALL":{}})", R"({"SH_END_ALL_RSP":{"st":1,"cnt":1}})"},
        .gather = gather<sh_end_all_part, sh_end_all_finish>()}};

}  // namespace

std::span<const Row> session_rows() { return kRows; }

}  // namespace seshdb::commands
