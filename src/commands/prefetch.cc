// Each round reads only what the round before it has prefetched: the session's slot; its set of
// keys or, of a session with one key, the value; the keys' slots; the value.
#include "commands/prefetch.h"

#include <array>
#include <optional>
#include <string_view>

#include "json/string.h"

namespace seshdb::commands {

namespace {

// The first key that the call names, where it is spelled without escapes.
std::optional<std::string_view> first_key(const Call& call) {
  const std::size_t place = call.command->keys_param;
  const json::Node* const node = place == kParamsMax ? nullptr : call.param(place);
  if (node == nullptr) {
    return std::nullopt;
  }
  const Type type = call.command->params[place].type;
  if (type == Type::kKey) {
    const bool plain = node->kind == json::Kind::kString && !node->escaped;
    return plain ? std::optional(node->raw(call.text)) : std::nullopt;
  }
  const auto first = static_cast<std::size_t>(node - call.nodes.data()) + 1;
  if (first >= node->next) {
    return std::nullopt;
  }
  const json::Node& child = call.nodes[first];
  if (type == Type::kKeyList && child.kind == json::Kind::kString && !child.escaped) {
    return child.raw(call.text);
  }
  if (type == Type::kKeyValues && !child.name_escaped) {
    return child.name(call.text);
  }
  return std::nullopt;
}

}  // namespace

void prefetch_keys(const store::Store& store, std::span<const Call* const> calls) {
  struct Wanted {
    const store::Keys* keys;
    const Call* call;
    std::uint64_t name_hash;
  };
  std::array<Wanted, kPrefetchMost> wanted;
  std::size_t count = 0;
  for (const Call* const call : calls) {
    const store::Session* const session = store.peek(call->token.lower);
    if (session != nullptr && session->keys().prefetch()) {
      wanted[count++] = {.keys = &session->keys(), .call = call, .name_hash = 0};
    }
  }
  const std::span<Wanted> more(wanted.data(), count);
  for (Wanted& one : more) {
    if (const std::optional<std::string_view> name = first_key(*one.call)) {
      one.name_hash = json::string_hash(*name);
      one.keys->prefetch_slots(one.name_hash);
    }
  }
  for (const Wanted& one : more) {
    one.keys->prefetch_value(one.name_hash);
  }
}

}  // namespace seshdb::commands
