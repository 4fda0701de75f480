// Changing a value where it stands: KV_APPEND, KV_UPDATE.
#include "commands/key_change_commands.h"

#include <array>
#include <boost/container/small_vector.hpp>
#include <forward_list>
#include <optional>
#include <string>

#include "commands/key_commands.h"
#include "json/pointer.h"
#include "json/string.h"

namespace seshdb::commands {

namespace {

using json::Node;
using protocol::ObjectWriter;
using protocol::Reply;

constexpr Params kUpdateParams{
    kTokenParam,
    {.name = "key",
     .type = Type::kKey,
     .bytes_max = limits::kKeyNameBytesMax,
     .summary = "The key whose value is changed."},
    {.name = "path",
     .type = Type::kPointers,
     .wrong_type = Status::kPathInvalid,
     .summary = "Every further parameter: its name is a JSON Pointer (RFC 6901) into the value, "
                "its value replaces what the pointer selects."}};
constexpr std::size_t kKey = place_of("key", kUpdateParams);

// The edits of one KV_UPDATE, and the memory of what their views show. A few edits without escapes
// and spaces allocate nothing.
struct Edits {
  static constexpr std::size_t kFew = 4;
  boost::container::small_vector<json::Edit, kFew> list;
  boost::container::small_vector<const Node*, kFew> nodes;
  std::forward_list<std::string> pointers;
  std::forward_list<Buffer> texts;

  // False where the node's name is no JSON Pointer.
  bool add(const Call& call, const Node& node) {
    std::string_view name = node.name(call.text);
    if (node.name_escaped) {
      json::decode_string(name, pointers.emplace_front());
      name = pointers.front();
    }
    const std::optional<json::Pointer> pointer = json::Pointer::parse(name);
    if (!pointer) {
      return false;
    }
    std::string_view text = node.text(call.text);
    if (node.spaces != 0 || node.has_duplicates) {
      text = compact(call, node, texts.emplace_front());
    }
    list.push_back({*pointer, text, node.depth});
    nodes.push_back(&node);
    return true;
  }
};

void answer_update(const Call& call, Status status, const Node* failed, Reply& reply) {
  write_tkn(call, reply);
  ObjectWriter key = reply.object("key");
  write_status(status, reply, key.raw_name(call.param(kKey)->raw(call.text)));
  key.close();
  if (failed != nullptr) {
    Buffer& out = reply.member("m");
    out.append('"');
    out.append(failed->name(call.text));
    out.append('"');
  }
}

void kv_append(const Context& context, const Call& call, store::Session* session, Reply& reply) {
  write_tkn(call, reply);
  ObjectWriter keys = reply.object("keys");
  for_each_key_value(call, [&](const Node& node, std::string_view name, std::string_view text) {
    const Status status =
        context.core.store.append(*session, name, text, node.depth, context.core.bounds.depth);
    write_status(status, reply, keys.raw_name(node.name(call.text)));
  });
  keys.close();
}

void kv_update(const Context& context, const Call& call, store::Session* session, Reply& reply) {
  Edits edits;
  const Node* invalid = nullptr;
  for_each_rest(call, [&](const Node& node) {
    if (invalid == nullptr && !edits.add(call, node)) invalid = &node;
  });
  if (invalid != nullptr) {
    answer_update(call, Status::kPathInvalid, invalid, reply);
    return;
  }
  std::string name;
  std::size_t failed = 0;
  const Status status = context.core.store.update(
      *session, call.param(kKey)->string(call.text, name), {edits.list.data(), edits.list.size()},
      context.core.bounds.depth, failed);
  const bool blames_pointer = status != Status::kOk && status != Status::kKeyNotExist;
  answer_update(call, status, blames_pointer ? edits.nodes[failed] : nullptr, reply);
}

constexpr std::array kRows{
    Row{.name = "KV_APPEND",
        .roles = kTokenRoles,
        .effect = Effect::kGrows,
        .slides = true,
        .params = kKeyValuesParams,
        .statuses = {Status::kOk, Status::kKeyNotExist, Status::kValueTypeInvalid,
                     Status::kValueSize, Status::kOutOfBounds},
        .answer =
            {kTknAnswer,
             {"keys", "object",
              "For each key 1 (done), 22 (no such key), 41 (the two do not fit), 43 (too deep) or "
              "42 (too large)."}},
        .summary = "Adds to the values of keys.",
        .details = "String and string are joined as they stand. Of an array, its items are added "
                   "to an array; any other value is added as one item. Of an object, the members "
                   "are added to an object: an existing one is overwritten, two objects under one "
                   "name are merged the same way. Any other pair: 41, and that key stays as it is.",
        .example =
            {R"({"KV_APPEND":{"tkn":"8467384731478681233","keys":{"access":[{"Audit":true}],"none":1}}})",
             R"({"KV_APPEND_RSP":{"tkn":"8467384731478681233","keys":{"access":1,"none":22}}})"},
        .run = kv_append},
    Row{.name = "KV_UPDATE",
        .roles = kTokenRoles,
        .effect = Effect::kGrows,
        .slides = true,
        .params = kUpdateParams,
        .statuses = {Status::kOk, Status::kPathInvalid, Status::kPathNotExist, Status::kKeyNotExist,
                     Status::kValueSize, Status::kOutOfBounds},
        .answer = {kTknAnswer,
                   {"key", "object",
                    "The key with 1 (done), 22 (no such key), 4 (no JSON Pointer), 5 (it selects "
                    "nothing), 43 (too deep) or 42 (too large)."},
                   {"m", "string",
                    "With 4, 5, 42 and 43: the pointer to blame. Nothing is changed."}},
        .summary = "Changes one value, or several, inside the value of a key.",
        .details = "Several pointers are applied in the order given, all or none. `\"\"` is "
                   "the whole value, `/` the member whose name is empty. A pointer selects "
                   "what is there; it adds nothing.",
        .example =
            {R"({"KV_UPDATE":{"tkn":"8467384731478681233","key":"user","/avatar":"img2.png"}})",
             R"({"KV_UPDATE_RSP":{"tkn":"8467384731478681233","key":{"user":1}}})"},
        .run = kv_update}};

}  // namespace

std::span<const Row> key_change_rows() { return kRows; }

}  // namespace seshdb::commands
