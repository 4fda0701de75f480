// KV_: reading and writing keys. KV_UPDATE, which looks inside values, stands at the end.
#include "commands/key_commands.h"

#include <boost/container/small_vector.hpp>
#include <forward_list>
#include <optional>
#include <string>
#include <vector>

#include "commands/arguments.h"
#include "json/compact.h"
#include "json/pointer.h"
#include "json/string.h"

namespace seshdb::commands {

namespace {

using json::Node;
using protocol::ObjectWriter;
using protocol::Reply;

void tkn(const Call& call, Reply& reply) { reply.raw("tkn", token_text(call)); }

// A value of the request as it is to be stored: itself where it is compact already.
std::string_view compact(const Call& call, const Node& node, Buffer& scratch) {
  if (node.spaces == 0 && !node.has_duplicates) {
    return node.text(call.text);
  }
  scratch.clear();
  json::append_compact(node.text(call.text), node.has_duplicates, scratch);
  return scratch.view();
}

// Calls visit(member, decoded name, compact value) for each member of `keys`.
template <typename Visit>
void for_each_key_value(const Call& call, Visit visit) {
  std::string name;
  Buffer scratch;
  for_each_child(call, *call.param(kKeysParam), [&](const Node& node) {
    visit(node, node.decoded_name(call.text, name), compact(call, node, scratch));
  });
}

// Calls visit(raw name, decoded name) for each key of the list `keys`, no key twice.
template <typename Visit>
void for_each_key(const Call& call, Visit visit) {
  std::string name;
  std::vector<const Node*> items;
  const Node& list = *call.param(kKeysParam);
  const auto one = [&](const Node& item) {
    visit(item.raw(call.text), item.string(call.text, name));
  };
  const auto first = static_cast<std::size_t>(&list - call.nodes.data()) + 1;
  if (list.next == first + 1) {  // the usual single key needs no list of its own
    one(call.nodes[first]);
    return;
  }
  unique_keys(call, list, items);
  for (const Node* const item : items) {
    one(*item);
  }
}

void append_status(Status status, Reply& reply, Buffer& out) {
  reply.note(status);
  out.append_number(static_cast<std::uint64_t>(status));
}

}  // namespace

void kv_set(Context& context, const Call& call, store::Session* session, Reply& reply) {
  tkn(call, reply);
  ObjectWriter keys = reply.object("keys");
  for_each_key_value(call, [&](const Node& node, std::string_view name, std::string_view text) {
    const bool is_new = context.store.set(*session, name, text);
    append_status(is_new ? Status::kKeySet : Status::kKeyUpdated, reply,
                  keys.raw_name(node.name(call.text)));
  });
  keys.close();
}

void kv_setq(Context& context, const Call& call, store::Session* session, Reply& /*reply*/) {
  for_each_key_value(call, [&](const Node&, std::string_view name, std::string_view text) {
    (void)context.store.set(*session, name, text);
  });
}

void kv_add(Context& context, const Call& call, store::Session* session, Reply& reply) {
  tkn(call, reply);
  ObjectWriter keys = reply.object("keys");
  for_each_key_value(call, [&](const Node& node, std::string_view name, std::string_view text) {
    const bool added = context.store.add(*session, name, text);
    append_status(added ? Status::kKeySet : Status::kKeyExist, reply,
                  keys.raw_name(node.name(call.text)));
  });
  keys.close();
}

void kv_addq(Context& context, const Call& call, store::Session* session, Reply& reply) {
  std::optional<ObjectWriter> keys;
  for_each_key_value(call, [&](const Node& node, std::string_view name, std::string_view text) {
    if (context.store.add(*session, name, text)) return;
    if (!keys) {
      tkn(call, reply);
      keys = reply.object("keys");
    }
    append_status(Status::kKeyExist, reply, keys->raw_name(node.name(call.text)));
  });
  if (keys) {
    keys->close();
  }
}

void kv_get(Context& /*context*/, const Call& call, store::Session* session, Reply& reply) {
  tkn(call, reply);
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

void kv_contains(Context& /*context*/, const Call& call, store::Session* session, Reply& reply) {
  reply.status(Status::kOk);
  tkn(call, reply);
  ObjectWriter keys = reply.object("keys");
  for_each_key(call, [&](std::string_view raw, std::string_view name) {
    keys.raw_name(raw).append(session->keys().find(name) != nullptr ? "true" : "false");
  });
  keys.close();
}

void kv_rmv(Context& context, const Call& call, store::Session* session, Reply& reply) {
  tkn(call, reply);
  for_each_key(call, [&](std::string_view raw, std::string_view name) {
    const bool removed = context.store.remove(*session, name);
    if (name != "tkn" && name != "rid") {  // they would stand beside the answer's own
      append_status(removed ? Status::kKeyRemoved : Status::kKeyNotExist, reply, reply.member(raw));
    }
  });
}

void kv_clear(Context& context, const Call& call, store::Session* session, Reply& reply) {
  reply.status(Status::kOk);
  tkn(call, reply);
  reply.number("cnt", context.store.clear(*session));
}

void kv_clear_set(Context& context, const Call& call, store::Session* session, Reply& reply) {
  reply.status(Status::kOk);
  tkn(call, reply);
  reply.number("cnt", context.store.clear(*session));
  ObjectWriter keys = reply.object("keys");
  for_each_key_value(call, [&](const Node& node, std::string_view name, std::string_view text) {
    (void)context.store.set(*session, name, text);
    append_status(Status::kKeySet, reply, keys.raw_name(node.name(call.text)));
  });
  keys.close();
}

void kv_count(Context& /*context*/, const Call& call, store::Session* session, Reply& reply) {
  reply.status(Status::kOk);
  tkn(call, reply);
  reply.number("cnt", session->keys().size());
}

void kv_keys(Context& /*context*/, const Call& call, store::Session* session, Reply& reply) {
  reply.status(Status::kOk);
  tkn(call, reply);
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

void kv_append(Context& context, const Call& call, store::Session* session, Reply& reply) {
  tkn(call, reply);
  ObjectWriter keys = reply.object("keys");
  for_each_key_value(call, [&](const Node& node, std::string_view name, std::string_view text) {
    const Status status = context.store.append(*session, name, text, node.depth, context.depth_max);
    append_status(status, reply, keys.raw_name(node.name(call.text)));
  });
  keys.close();
}

namespace {

constexpr std::size_t kKeyParam = 1;

// The edits of one KV_UPDATE, with what their views need to live on. A few plain ones allocate
// nothing.
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
  tkn(call, reply);
  ObjectWriter key = reply.object("key");
  append_status(status, reply, key.raw_name(call.param(kKeyParam)->raw(call.text)));
  key.close();
  if (failed != nullptr) {
    Buffer& out = reply.member("m");
    out.append('"');
    out.append(failed->name(call.text));
    out.append('"');
  }
}

}  // namespace

void kv_update(Context& context, const Call& call, store::Session* session, Reply& reply) {
  Edits edits;
  const Node* invalid = nullptr;
  const auto index_of = [&call](const Node& node) {
    return static_cast<std::uint32_t>(&node - call.nodes.data());
  };
  for_each_child(call, call.nodes[1], [&](const Node& node) {
    const std::uint32_t index = index_of(node);
    const bool pointer = index != call.tkn && index != call.rid && index != call.params[kKeyParam];
    if (pointer && invalid == nullptr && !edits.add(call, node)) {
      invalid = &node;
    }
  });
  if (invalid != nullptr) {
    answer_update(call, Status::kPathInvalid, invalid, reply);
    return;
  }
  std::string name;
  std::size_t failed = 0;
  const Status status =
      context.store.update(*session, call.param(kKeyParam)->string(call.text, name),
                           {edits.list.data(), edits.list.size()}, context.depth_max, failed);
  const bool blames_pointer = status != Status::kOk && status != Status::kKeyNotExist;
  answer_update(call, status, blames_pointer ? edits.nodes[failed] : nullptr, reply);
}

}  // namespace seshdb::commands
