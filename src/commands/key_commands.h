// What the commands about a session's keys (KV_) have in common: their parameters, and how they go
// through the keys that a request names. The commands are in key_set_commands.cc,
// key_get_commands.cc and key_change_commands.cc.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "commands/arguments.h"
#include "commands/shared_rows.h"
#include "json/compact.h"

namespace seshdb::commands {

inline constexpr Params kKeyListParams{
    kTokenParam,
    {.name = "keys",
     .type = Type::kKeyList,
     .bytes_max = limits::kKeyNameBytesMax,
     .summary = "The keys' names; a name given twice counts once."}};

/// The same of a command that changes the keys.
inline constexpr Params kKeyRemovalParams{kTokenParam, kKeyListParams[1], kIfRevParam};

inline constexpr Params kKeyValuesParams{
    kTokenParam,
    {.name = "keys",
     .type = Type::kKeyValues,
     .bytes_max = limits::kKeyNameBytesMax,
     .summary = "A value, of any JSON type, for each key; of a name given twice the last counts."},
    kIfRevParam};

/// In all.
inline constexpr std::size_t kKeys = place_of("keys", kKeyListParams);
static_assert(kKeys == place_of("keys", kKeyRemovalParams));
static_assert(kKeys == place_of("keys", kKeyValuesParams));

/// The status of a key, at `out` in the reply.
inline void write_status(Status status, protocol::Reply& reply, Buffer& out) {
  reply.note(status);
  out.append_number(static_cast<std::uint64_t>(status));
}

/// A value of the request as it is to be stored: itself where it is compact already, else in
/// `scratch`.
inline std::string_view compact(const Call& call, const json::Node& node, Buffer& scratch) {
  if (node.spaces == 0 && !node.has_duplicates) {
    return node.text(call.text);
  }
  scratch.clear();
  json::append_compact(node.text(call.text), node.has_duplicates, scratch);
  return scratch.view();
}

/// Calls visit(member, decoded name, compact value) for each member of an object of keys.
template <typename Visit>
void for_each_key_value(const Call& call, const json::Node& keys, Visit visit) {
  std::string name;
  Buffer scratch;
  for_each_child(call, keys, [&](const json::Node& node) {
    visit(node, node.decoded_name(call.text, name), compact(call, node, scratch));
  });
}
/// The same for `keys`. REQUIRES: kKeyValuesParams.
template <typename Visit>
void for_each_key_value(const Call& call, Visit visit) {
  for_each_key_value(call, *call.param(kKeys), visit);
}

/// Answers with `keys`: for each member the status that put(decoded name, compact value) returns.
/// REQUIRES: kKeyValuesParams.
template <typename Put>
void put_each(const Call& call, protocol::Reply& reply, Put put) {
  protocol::ObjectWriter keys = reply.object("keys");
  for_each_key_value(call,
                     [&](const json::Node& node, std::string_view name, std::string_view text) {
                       write_status(put(name, text), reply, keys.raw_name(node.name(call.text)));
                     });
  keys.close();
}

/// Calls visit(raw, decoded) for each string of the list `list`, none twice.
template <typename Visit>
void for_each_string(const Call& call, const json::Node& list, Visit visit) {
  std::string name;
  std::vector<const json::Node*> items;
  const auto one = [&](const json::Node& item) {
    visit(item.raw(call.text), item.string(call.text, name));
  };
  const auto first = static_cast<std::size_t>(&list - call.nodes.data()) + 1;
  if (list.next == first + 1) {  // the usual single key needs no list of its own
    one(call.nodes[first]);
    return;
  }
  unique_keys(call, list, items);
  for (const json::Node* const item : items) {
    one(*item);
  }
}

/// The same for the keys of the list `keys`. REQUIRES: kKeyListParams or kKeyRemovalParams.
template <typename Visit>
void for_each_key(const Call& call, Visit visit) {
  for_each_string(call, *call.param(kKeys), visit);
}

}  // namespace seshdb::commands
