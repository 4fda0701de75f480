// SH_: about all sessions of the server, or many of them.
#include "commands/all_session_commands.h"

#include <array>
#include <string>
#include <vector>

#include "commands/arguments.h"
#include "commands/shared_rows.h"
#include "store/tokens.h"

namespace seshdb::commands {

namespace {

constexpr Params kExistsParams{{.name = "tkns",
                                .type = Type::kTokens,
                                .wrong_type = Status::kCommandSyntax,
                                .summary = "Tokens; items that are no strings are passed over."}};

constexpr std::size_t kTokens = place_of("tkns", kExistsParams);

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
    store::Token token;
    if (item.kind == json::Kind::kString) {
      token = store::parse_token(item.string(call.text, scratch));
    }
    live.items.push_back(token.lower != 0 && context.core.owns(token.lower) &&
                         context.core.store.find(token, context.turn.now_ms) != nullptr);
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
    Row{.name = "SH_INFO_ALL",
        .roles = auth::Roles(auth::Role::kMonitor, auth::Role::kApp),
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
    Row{.name = "SH_END_ALL",
        .roles = auth::Roles(),
        .scope = Scope::kEveryCore,
        .effect = Effect::kChanges,
        .settles = true,
        .statuses = {Status::kOk},
        .answer = {kStAnswer, {"cnt", "integer", "How many sessions were ended."}},
        .summary = "Ends every session of the server.",
        .example = {R"({"SH_END_ALL":{}})", R"({"SH_END_ALL_RSP":{"st":1,"cnt":1}})"},
        .gather = gather<sh_end_all_part, sh_end_all_finish>()}};

}  // namespace

std::span<const Row> all_session_rows() { return kRows; }

}  // namespace seshdb::commands
