// Reading and removing keys: KV_GET, KV_CONTAINS, KV_RMV, KV_CLEAR, KV_CLEAR_SET, KV_COUNT,
// KV_KEYS.
#include "commands/key_get_commands.h"

#include <array>

#include "commands/key_commands.h"
#include "json/string.h"

namespace seshdb::commands {

namespace {

using protocol::ObjectWriter;
using protocol::Reply;

void kv_get(const Context& /*context*/, const Call& call, store::Session* session, Reply& reply) {
  write_tkn(call, reply);
  ObjectWriter keys = reply.object("keys");
  for_each_key(call, [&](std::string_view raw, std::string_view name) {
    Buffer& out = keys.raw_name(raw);
    if (const json::Value* const value = session->keys().find(name); value != nullptr) {
      value->append_to(out);
    } else {
      out.append("null");
    }
  });
  keys.close();
}

void kv_contains(const Context& /*context*/, const Call& call, store::Session* session,
                 Reply& reply) {
  reply.status(Status::kOk);
  write_tkn(call, reply);
  ObjectWriter keys = reply.object("keys");
  for_each_key(call, [&](std::string_view raw, std::string_view name) {
    keys.raw_name(raw).append(session->keys().find(name) != nullptr ? "true" : "false");
  });
  keys.close();
}

void kv_rmv(const Context& context, const Call& call, store::Session* session, Reply& reply) {
  write_tkn(call, reply);
  const bool has_rev = call.param(call.command->revision_param) != nullptr;
  for_each_key(call, [&](std::string_view raw, std::string_view name) {
    const bool removed = context.core.store.remove(*session, name);
    // The answer has members of these names.
    if (name != "tkn" && name != "rid" && !(has_rev && name == "rev")) {
      write_status(removed ? Status::kKeyRemoved : Status::kKeyNotExist, reply, reply.member(raw));
    }
  });
}

void kv_clear(const Context& context, const Call& call, store::Session* session, Reply& reply) {
  reply.status(Status::kOk);
  write_tkn(call, reply);
  reply.number("cnt", context.core.store.clear(*session));
}

void kv_clear_set(const Context& context, const Call& call, store::Session* session, Reply& reply) {
  reply.status(Status::kOk);
  write_tkn(call, reply);
  reply.number("cnt", context.core.store.clear(*session));
  put_each(call, reply, [&](std::string_view name, std::string_view text) {
    (void)context.core.store.set(*session, name, text);
    return Status::kKeySet;
  });
}

void kv_count(const Context& /*context*/, const Call& call, store::Session* session, Reply& reply) {
  reply.status(Status::kOk);
  write_tkn(call, reply);
  reply.number("cnt", session->keys().size());
}

void kv_keys(const Context& /*context*/, const Call& call, store::Session* session, Reply& reply) {
  reply.status(Status::kOk);
  write_tkn(call, reply);
  Buffer& out = reply.member("keys");
  out.append('[');
  bool first = true;
  session->keys().for_each([&](const json::Value& value) {
    if (!first) out.append(',');
    first = false;
    json::append_string(value.label(), out);
  });
  out.append(']');
}

constexpr std::array kRows{
    Row{.name = "KV_GET",
        .roles = kTokenRoles,
        .slides = true,
        .params = kKeyListParams,
        .answer = {kTknAnswer,
                   {"keys", "object", "Each key's value; null where there is no such key."}},
        .summary = "Gives the values of keys.",
        .details = "KV_CONTAINS tells a stored null from a missing key.",
        .example =
            {R"({"KV_GET":{"tkn":"8467384731478681233","keys":["access","none"]}})",
             R"({"KV_GET_RSP":{"tkn":"8467384731478681233","keys":{"access":[{"Reports":true},{"Admin":false}],"none":null}}})"},
        .run = kv_get},
    Row{.name = "KV_CONTAINS",
        .roles = kTokenRoles,
        .slides = true,
        .params = kKeyListParams,
        .statuses = {Status::kOk},
        .answer = {kStAnswer, kTknAnswer, {"keys", "object", "For each key true or false."}},
        .summary = "Tells which keys exist.",
        .example =
            {R"({"KV_CONTAINS":{"tkn":"8467384731478681233","keys":["user","none"]}})",
             R"({"KV_CONTAINS_RSP":{"st":1,"tkn":"8467384731478681233","keys":{"user":true,"none":false}}})"},
        .run = kv_contains},
    Row{.name = "KV_RMV",
        .roles = kTokenRoles,
        .effect = Effect::kChanges,
        .slides = true,
        .params = kKeyRemovalParams,
        .statuses = {Status::kKeyNotExist, Status::kKeyRemoved},
        .answer = {kTknAnswer,
                   {"<key>", "integer", "For each key 24 (removed) or 22 (no such key)."}},
        .summary = "Removes keys.",
        .details =
            "A key named `tkn` or `rid`, or with `ifRev` one named `rev`, is removed but not "
            "listed in the answer.",
        .example = {R"({"KV_RMV":{"tkn":"8467384731478681233","keys":["user","none"]}})",
                    R"({"KV_RMV_RSP":{"tkn":"8467384731478681233","user":24,"none":22}})"},
        .run = kv_rmv},
    Row{.name = "KV_CLEAR",
        .roles = kTokenRoles,
        .effect = Effect::kChanges,
        .slides = true,
        .params = {kTokenParam, kIfRevParam},
        .statuses = {Status::kOk},
        .answer = {kStAnswer, kTknAnswer, {"cnt", "integer", "How many keys went."}},
        .summary = "Removes all keys of a session.",
        .example = {R"({"KV_CLEAR":{"tkn":"8467384731478681233"}})",
                    R"({"KV_CLEAR_RSP":{"st":1,"tkn":"8467384731478681233","cnt":2}})"},
        .run = kv_clear},
    Row{.name = "KV_CLEAR_SET",
        .roles = kTokenRoles,
        .effect = Effect::kGrows,
        .slides = true,
        .params = kKeyValuesParams,
        .statuses = {Status::kOk, Status::kKeySet},
        .answer = {kStAnswer,
                   kTknAnswer,
                   {"cnt", "integer", "How many keys went."},
                   {"keys", "object", "Each key that is set now, with 20."}},
        .summary = "Removes all keys and sets others, in one step.",
        .example =
            {R"({"KV_CLEAR_SET":{"tkn":"8467384731478681233","keys":{"city":"London"}}})",
             R"({"KV_CLEAR_SET_RSP":{"st":1,"tkn":"8467384731478681233","cnt":2,"keys":{"city":20}}})"},
        .run = kv_clear_set},
    Row{.name = "KV_COUNT",
        .roles = kTokenRoles,
        .slides = true,
        .params = {kTokenParam},
        .statuses = {Status::kOk},
        .answer = {kStAnswer, kTknAnswer, {"cnt", "integer", "How many keys there are."}},
        .summary = "Counts the keys of a session.",
        .example = {R"({"KV_COUNT":{"tkn":"8467384731478681233"}})",
                    R"({"KV_COUNT_RSP":{"st":1,"tkn":"8467384731478681233","cnt":2}})"},
        .run = kv_count},
    Row{.name = "KV_KEYS",
        .roles = kTokenRoles,
        .slides = true,
        .params = {kTokenParam},
        .statuses = {Status::kOk},
        .answer = {kStAnswer, kTknAnswer, {"keys", "array", "The names."}},
        .summary = "Gives the names of all keys of a session, in no order.",
        .example =
            {R"({"KV_KEYS":{"tkn":"8467384731478681233"}})",
             R"({"KV_KEYS_RSP":{"st":1,"tkn":"8467384731478681233","keys":["user","access"]}})"},
        .run = kv_keys}};

}  // namespace

std::span<const Row> key_get_rows() { return kRows; }

}  // namespace seshdb::commands
