// SH_END_TAG goes through a core's sessions in the order of the hashes of their first tokens, so
// that each turn goes on at a hash, whatever is made, ended or rotated meanwhile.
#include "commands/tag_commands.h"

#include <array>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/limits.h"
#include "commands/arguments.h"
#include "commands/key_commands.h"
#include "commands/session_answers.h"
#include "commands/shared_rows.h"
#include "store/tokens.h"

namespace seshdb::commands {

namespace {

using json::Node;
using protocol::Reply;

constexpr Param tag_list(std::string_view name, std::string_view summary) {
  return {.name = name,
          .type = Type::kTags,
          .required = false,
          .bytes_min = 1,
          .bytes_max = limits::kTagBytesMax,
          .summary = summary};
}

constexpr Params kTagParams{kTokenParam, tag_list("add", "Tags that the session gets."),
                            tag_list("rmv", "Tags that it loses, before it gets those of `add`.")};
constexpr Params kEndTagParams{kTagParam,
                               {.name = "except",
                                .type = Type::kTokenOrTokens,
                                .required = false,
                                .summary = "A token, or several: these sessions stay."}};

constexpr std::size_t kAdd = place_of("add", kTagParams);
constexpr std::size_t kRmv = place_of("rmv", kTagParams);
constexpr std::size_t kEndTag = place_of("tag", kEndTagParams);
constexpr std::size_t kExcept = place_of("except", kEndTagParams);

// The session's tags after the call; false where they are too many.
bool changed_tags(const Call& call, const std::vector<std::string_view>& before,
                  std::set<std::string, std::less<>>& tags) {
  tags.insert(before.begin(), before.end());
  std::string scratch;
  if (const Node* const rmv = call.param(kRmv); rmv != nullptr) {
    for_each_child(call, *rmv, [&](const Node& item) {
      const auto found = tags.find(item.string(call.text, scratch));
      if (found != tags.end()) tags.erase(found);
    });
  }
  if (const Node* const add = call.param(kAdd); add != nullptr) {
    for_each_child(call, *add, [&](const Node& item) {
      if (tags.size() <= limits::kTagsMost) tags.emplace(item.string(call.text, scratch));
    });
  }
  return tags.size() <= limits::kTagsMost;
}

void sh_tag(const Context& context, const Call& call, store::Session* session, Reply& reply) {
  std::set<std::string, std::less<>> tags;
  if (!changed_tags(call, context.core.store.tags_of(*session), tags)) {
    write_fault(call, Status::kValueSize, "add", reply);
    return;
  }
  const std::vector<std::string_view> sorted(tags.begin(), tags.end());
  context.core.store.set_tags(*session, sorted);
  reply.status(Status::kOk);
  write_tkn(call, reply);
  append_tags(sorted, reply.member("tags"));
}

// One core's share.
struct Ended {
  std::uint64_t count = 0;
  std::uint64_t from = 0;                      // the walk goes on at this hash
  std::unordered_set<std::uint64_t> except{};  // first tokens

  void add(const Ended& other) { count += other.count; }
};

Ended sh_end_tag_begin(const Context& context, const Call& call) {
  Ended ended;
  std::string scratch;
  const auto keep = [&](const Node& node) {
    const store::Store& store = context.core.store;
    const store::Token token = store::parse_token(node.string(call.text, scratch));
    if (store.has(token)) ended.except.insert(store.first_token_of(*store.peek(token.lower)));
  };
  const Node* const except = call.param(kExcept);
  if (except != nullptr && except->kind == json::Kind::kString) keep(*except);
  if (except != nullptr && except->kind == json::Kind::kArray) {
    for_each_child(call, *except, keep);
  }
  return ended;
}

bool sh_end_tag_work(const Context& context, const Call& call, Ended& ended) {
  store::Store& store = context.core.store;
  std::string scratch;
  const std::string_view tag = read_string(call, call.param(kEndTag), "", scratch);
  std::vector<std::uint64_t> tokens;
  store.tags().list(tag, ended.from, limits::kEndedPerTurn, tokens);
  for (const std::uint64_t token : tokens) {
    ended.from = store::token_hash(token) + 1;
    store::Session* const session = store.find_first(token, context.turn.now_ms);
    if (session == nullptr || ended.except.contains(token)) continue;
    store.end(*session);
    ++ended.count;
  }
  return tokens.size() == limits::kEndedPerTurn && ended.from != 0;
}

void sh_end_tag_finish(const Context& /*context*/, const Call& /*call*/, const Ended& all,
                       Reply& reply) {
  reply.status(Status::kOk);
  reply.number("cnt", all.count);
}

constexpr std::array kRows{
    Row{.name = "SH_TAG",
        .effect = Effect::kGrows,
        .params = kTagParams,
        .statuses = {Status::kOk, Status::kValueSize},
        .answer = {kStAnswer,
                   kTknAnswer,
                   {"tags", "array", "All tags that the session has now, sorted by code points."}},
        .summary = "Changes the tags of a session, and tells them.",
        .details = "Tags say whose a session is: a user, a device, an application. A session has "
                   "at most 8; with more the answer is 42 and nothing is changed. Repeats do no "
                   "harm. The revision stays.",
        .example = {R"({"SH_TAG":{"tkn":"8467384731478681233","add":["user:42","device:phone"]}})",
                    R"({"SH_TAG_RSP":{"st":1,"tkn":"8467384731478681233",)"
                    R"("tags":["device:phone","user:42"]}})"},
        .run = sh_tag},
    Row{.name = "SH_END_TAG",
        .scope = Scope::kEveryCore,
        .effect = Effect::kChanges,
        .settles = true,
        .params = kEndTagParams,
        .statuses = {Status::kOk},
        .answer = {kStAnswer, {"cnt", "integer", "How many sessions were ended."}},
        .summary = "Ends all sessions of a tag: signs a user out everywhere, or everywhere else.",
        .details = "Every session that had the tag before the command was sent is gone when it is "
                   "answered. Many sessions are ended in slices, between other commands; one that "
                   "loses its tag before its turn stays. Tokens in `except` of no session are "
                   "ignored.",
        .example = {R"({"SH_END_TAG":{"tag":"user:42","except":"8467384731478681233"}})",
                    R"({"SH_END_TAG_RSP":{"st":1,"cnt":3}})"},
        .gather = gather<sh_end_tag_begin, sh_end_tag_finish, sh_end_tag_work>()}};

}  // namespace

std::span<const Row> tag_rows() { return kRows; }

}  // namespace seshdb::commands
