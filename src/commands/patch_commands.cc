// Changing a session as one document: KV_PATCH, KV_MERGE.
#include "commands/patch_commands.h"

#include <array>
#include <forward_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "commands/key_commands.h"
#include "json/pointer.h"
#include "json/text.h"
#include "store/patch.h"

namespace seshdb::commands {

namespace {

using json::Node;
using protocol::ObjectWriter;
using protocol::Reply;
using store::PatchOperation;

constexpr Param kClockParam{.name = "expiry",
                            .type = Type::kExpiry,
                            .required = false,
                            .wrong_type = Status::kCommandSyntax,
                            .summary =
                                "Restarts the session's clock with these settings, in the "
                                "same step; as in SH_TOUCH."};
constexpr Params kPatchParams{kTokenParam,
                              {.name = "ops",
                               .type = Type::kOperations,
                               .items_max = limits::kOperationsMax,
                               .summary = "The operations, made in order, all or none."},
                              kClockParam,
                              kIfRevParam};
constexpr Params kMergeParams{kTokenParam,
                              {.name = "keys",
                               .type = Type::kKeyValues,
                               .bytes_max = limits::kKeyNameBytesMax,
                               .summary = "The merge patch for each key; null removes the key."},
                              kClockParam,
                              kIfRevParam};
constexpr std::size_t kOps = place_of("ops", kPatchParams);
constexpr std::size_t kClock = place_of("expiry", kPatchParams);
static_assert(kClock == place_of("expiry", kMergeParams));
static_assert(kKeys == place_of("keys", kMergeParams));

std::optional<PatchOperation::Kind> kind_of(std::string_view op) {
  using Kind = PatchOperation::Kind;
  struct Entry {
    std::string_view name;
    Kind kind;
  };
  static constexpr std::array<Entry, 9> kEntries{{{"add", Kind::kAdd},
                                                  {"remove", Kind::kRemove},
                                                  {"replace", Kind::kReplace},
                                                  {"move", Kind::kMove},
                                                  {"copy", Kind::kCopy},
                                                  {"test", Kind::kTest},
                                                  {"set", Kind::kSet},
                                                  {"inc", Kind::kIncrement},
                                                  {"trim", Kind::kTrim}}};
  for (const Entry& entry : kEntries) {
    if (entry.name == op) return entry.kind;
  }
  return std::nullopt;
}

// Reads the operations of one KV_PATCH, and keeps the memory of what their views show.
class OperationReader {
 public:
  explicit OperationReader(const Call& call) : call_(call) {}

  // kOk, or why the node is no operation.
  Status read(const Node& node, PatchOperation& operation) {
    if (node.kind != json::Kind::kObject) return Status::kCommandSyntax;
    std::string_view text = node.text(call_.text);
    if (node.spaces != 0 || node.has_duplicates)
      text = compact(call_, node, texts_.emplace_front());
    std::string_view op;  // as JSON text, like the next two; empty: it is not there
    std::string_view path;
    std::string_view from;
    for (json::Members members(text); members.more();) {
      const std::string_view name = plain(members.name());
      const char* const begin = members.value_at();
      const char* const end = members.value_end();
      const std::string_view value(begin, static_cast<std::size_t>(end - begin));
      members.skip(end);
      if (name == "op") {
        op = value;
      } else if (name == "path") {
        path = value;
      } else if (name == "from") {
        from = value;
      } else if (name == "value") {
        operation.value = value;
      }
    }
    if (op.empty() || op.front() != '"') return Status::kCommandSyntax;
    const std::optional<PatchOperation::Kind> kind = kind_of(plain(json::inside(op)));
    if (!kind) return Status::kCommandSyntax;
    operation.kind = *kind;
    if (path.empty() || (store::has_value(*kind) && operation.value.empty()) ||
        (store::has_from(*kind) && from.empty())) {
      return Status::kCommandSyntax;
    }
    if (!store::has_value(*kind)) operation.value = {};
    const Status status = read_pointer(path, operation.path);
    return status == Status::kOk && store::has_from(*kind) ? read_pointer(from, operation.from)
                                                           : status;
  }

 private:
  // The string between the quotes, decoded.
  std::string_view plain(std::string_view raw) {
    if (!json::has_escape(raw)) return raw;
    std::string& text = strings_.emplace_front();
    json::decode_string(raw, text);
    return text;
  }

  Status read_pointer(std::string_view text, std::string_view& pointer) {
    if (text.front() != '"') return Status::kValueTypeInvalid;
    pointer = plain(json::inside(text));
    return json::Pointer::parse(pointer) ? Status::kOk : Status::kPathInvalid;
  }

  const Call& call_;
  std::forward_list<Buffer> texts_;
  std::forward_list<std::string> strings_;
};

// Commits the patch, and restarts the clock where the call has an `expiry`.
void commit(const Context& context, const Call& call, store::Session& session,
            store::Patch& patch) {
  patch.commit();
  if (const Node* const expiry = call.param(kClock); expiry != nullptr) {
    context.core.store.set_expiry(session, read_expiry(call, expiry), context.turn.now_ms);
  }
}

void kv_patch(const Context& context, const Call& call, store::Session* session, Reply& reply) {
  const RequestBounds& bounds = context.core.bounds;
  store::Patch patch(
      context.core.store, *session,
      {.depth = bounds.depth, .growth = bounds.message_bytes, .steps = bounds.scan_steps()});
  const Node& ops = *call.param(kOps);
  OperationReader reader(call);
  reply.status(Status::kOk);
  write_tkn(call, reply);
  ObjectWriter out = reply.object("out");
  Status status = Status::kOk;
  std::size_t index = 0;
  for_each_child(call, ops, [&](const Node& node) {
    if (status != Status::kOk) return;
    PatchOperation operation;
    status = reader.read(node, operation);
    if (status == Status::kOk) status = patch.apply(operation, node.next == ops.next);
    if (status != Status::kOk) return;
    if (operation.kind == PatchOperation::Kind::kIncrement) {
      out.raw_name(std::to_string(index)).append(patch.sum());
    }
    ++index;
  });
  out.close();
  if (status == Status::kOk) {
    commit(context, call, *session, patch);
    return;
  }
  reply.restart();
  write_fault(call, status, std::to_string(index), reply);
}

void kv_merge(const Context& context, const Call& call, store::Session* session, Reply& reply) {
  const RequestBounds& bounds = context.core.bounds;
  store::Patch patch(context.core.store, *session,
                     {.depth = bounds.depth, .steps = bounds.scan_steps()});
  std::forward_list<std::string> paths;
  std::forward_list<Buffer> texts;
  Status failed = Status::kOk;
  std::string blamed;
  reply.status(Status::kOk);
  write_tkn(call, reply);
  ObjectWriter keys = reply.object("keys");
  std::string scratch;
  for_each_child(call, *call.param(kKeys), [&](const Node& node) {
    if (failed != Status::kOk) return;
    const std::string_view name = node.decoded_name(call.text, scratch);
    std::string& path = paths.emplace_front("/");
    json::append_token(name, path);
    const bool exists = patch.has_key(name);
    const std::string_view value = compact(call, node, texts.emplace_front());
    failed =
        patch.apply({.kind = PatchOperation::Kind::kMerge, .path = path, .value = value}, false);
    if (failed != Status::kOk) blamed = name;
    const Status gone = exists ? Status::kKeyRemoved : Status::kKeyNotExist;
    const Status there = exists ? Status::kKeyUpdated : Status::kKeySet;
    write_status(node.kind == json::Kind::kNull ? gone : there, reply,
                 keys.raw_name(node.name(call.text)));
  });
  keys.close();
  if (failed == Status::kOk) {
    commit(context, call, *session, patch);
    return;
  }
  reply.restart();
  write_fault(call, failed, blamed, reply);
}

constexpr std::array kRows{
    Row{.name = "KV_PATCH",
        .roles = kTokenRoles,
        .effect = Effect::kGrows,
        .slides = true,
        .tells_revision = true,
        .params = kPatchParams,
        .statuses = {Status::kOk, Status::kPathInvalid, Status::kPathNotExist,
                     Status::kValueTypeInvalid, Status::kOutOfBounds, Status::kTestFailed},
        .answer = {kStAnswer,
                   kTknAnswer,
                   {"out", "object", "For each `inc` the new number, under the operation's index."},
                   kRevAnswer,
                   {"m", "string", "On a failure the index of the operation to blame."}},
        .summary = "Makes operations inside the keys of a session, all or none.",
        .details =
            "`add`, `remove`, `replace`, `move`, `copy` and `test` are those of JSON Patch (RFC "
            "6902), with the session as the document: the first token of a pointer is a key. "
            "`set` adds or replaces, and makes missing parents: arrays where the next token is "
            "`-`, else objects. `inc` adds the number `value`, exactly, to the number there, or to "
            "0 where there is nothing. `trim` keeps the first `value` items of an array, or the "
            "last where `value` is negative. `\"\"` is the whole session, in place of which an "
            "object may be put. A patch that has to open or copy more of what is stored than "
            "--answer-bytes-max gives 43 with the operation's index.",
        .example =
            {R"({"KV_PATCH":{"tkn":"8467384731478681233","ops":[{"op":"test","path":"/user/v","value":3},{"op":"inc","path":"/user/v","value":1},{"op":"set","path":"/prefs/ui/dark","value":true},{"op":"remove","path":"/flash"}]}})",
             R"({"KV_PATCH_RSP":{"st":1,"tkn":"8467384731478681233","out":{"1":4},"rev":1794700800123456}})"},
        .run = kv_patch},
    Row{.name = "KV_MERGE",
        .roles = kTokenRoles,
        .effect = Effect::kGrows,
        .slides = true,
        .tells_revision = true,
        .params = kMergeParams,
        .statuses = {Status::kOk, Status::kKeySet, Status::kKeyUpdated, Status::kKeyRemoved,
                     Status::kKeyNotExist, Status::kOutOfBounds},
        .answer = {kStAnswer,
                   kTknAnswer,
                   {"keys", "object",
                    "For each key 20 (it is new), 21 (it was there), 24 (removed) or 22 (there was "
                    "none to remove)."},
                   kRevAnswer},
        .summary = "Merges values into the keys of a session, all or none (RFC 7396).",
        .details = "Objects are merged into objects, member by member; null removes; any other "
                   "value replaces what was there. A merge that has to open more of what is stored "
                   "than --answer-bytes-max gives 43.",
        .example =
            {R"({"KV_MERGE":{"tkn":"8467384731478681233","keys":{"user":{"avatar":"x","old":null},"flash":null}}})",
             R"({"KV_MERGE_RSP":{"st":1,"tkn":"8467384731478681233","keys":{"user":21,"flash":24},"rev":1794700800123456}})"},
        .run = kv_merge}};

}  // namespace

std::span<const Row> patch_rows() { return kRows; }

}  // namespace seshdb::commands
