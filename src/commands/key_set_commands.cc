// Setting whole values: KV_SET, KV_SETQ, KV_ADD, KV_ADDQ. The handlers, and then their rows.
#include "commands/key_set_commands.h"

#include <array>
#include <optional>

#include "commands/key_commands.h"

namespace seshdb::commands {

namespace {

using json::Node;
using protocol::ObjectWriter;
using protocol::Reply;

void kv_set(const Context& context, const Call& call, store::Session* session, Reply& reply) {
  write_tkn(call, reply);
  put_each(call, reply, [&](std::string_view name, std::string_view text) {
    const bool is_new = context.core.store.set(*session, name, text);
    return is_new ? Status::kKeySet : Status::kKeyUpdated;
  });
}

void kv_setq(const Context& context, const Call& call, store::Session* session, Reply& /*reply*/) {
  for_each_key_value(call, [&](const Node&, std::string_view name, std::string_view text) {
    (void)context.core.store.set(*session, name, text);
  });
}

void kv_add(const Context& context, const Call& call, store::Session* session, Reply& reply) {
  write_tkn(call, reply);
  put_each(call, reply, [&](std::string_view name, std::string_view text) {
    const bool added = context.core.store.add(*session, name, text);
    return added ? Status::kKeySet : Status::kKeyExist;
  });
}

void kv_addq(const Context& context, const Call& call, store::Session* session, Reply& reply) {
  std::optional<ObjectWriter> keys;
  for_each_key_value(call, [&](const Node& node, std::string_view name, std::string_view text) {
    if (context.core.store.add(*session, name, text)) return;
    if (!keys) {
      write_tkn(call, reply);
      keys = reply.object("keys");
    }
    write_status(Status::kKeyExist, reply, keys->raw_name(node.name(call.text)));
  });
  if (keys) {
    keys->close();
  }
}

constexpr std::array kRows{
    Row{.name = "KV_SET",
        .roles = kTokenRoles,
        .effect = Effect::kGrows,
        .slides = true,
        .params = kKeyValuesParams,
        .statuses = {Status::kKeySet, Status::kKeyUpdated},
        .answer = {kTknAnswer, {"keys", "object", "For each key 20 (it is new) or 21 (replaced)."}},
        .summary = "Sets keys, new or not.",
        .example = {R"({"KV_SET":{"tkn":"8467384731478681233","keys":{"city":"London"}}})",
                    R"({"KV_SET_RSP":{"tkn":"8467384731478681233","keys":{"city":20}}})"},
        .run = kv_set},
    Row{.name = "KV_SETQ",
        .roles = kTokenRoles,
        .effect = Effect::kGrows,
        .slides = true,
        .params = kKeyValuesParams,
        .summary = "Sets keys like KV_SET, without an answer on success.",
        .details = "Over HTTP a success is status 204 without a body.",
        .example = {R"({"KV_SETQ":{"tkn":"8467384731478681233","keys":{"city":"London"}}})", ""},
        .run = kv_setq},
    Row{.name = "KV_ADD",
        .roles = kTokenRoles,
        .effect = Effect::kGrows,
        .slides = true,
        .params = kKeyValuesParams,
        .statuses = {Status::kKeySet, Status::kKeyExist},
        .answer = {kTknAnswer, {"keys", "object", "For each key 20 (added) or 23 (it exists)."}},
        .summary = "Sets keys that do not exist yet; an existing key keeps its value.",
        .example = {R"({"KV_ADD":{"tkn":"8467384731478681233","keys":{"user":1,"city":"London"}}})",
                    R"({"KV_ADD_RSP":{"tkn":"8467384731478681233","keys":{"user":23,"city":20}}})"},
        .run = kv_add},
    Row{.name = "KV_ADDQ",
        .roles = kTokenRoles,
        .effect = Effect::kGrows,
        .slides = true,
        .params = kKeyValuesParams,
        .statuses = {Status::kKeyExist},
        .answer = {kTknAnswer, {"keys", "object", "The keys that exist, each with 23."}},
        .summary = "Adds keys like KV_ADD, without an answer where every key was added.",
        .example =
            {R"({"KV_ADDQ":{"tkn":"8467384731478681233","keys":{"user":1,"city":"London"}}})",
             R"({"KV_ADDQ_RSP":{"tkn":"8467384731478681233","keys":{"user":23}}})"},
        .run = kv_addq}};

}  // namespace

std::span<const Row> key_set_rows() { return kRows; }

}  // namespace seshdb::commands
