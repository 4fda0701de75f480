// Reading values inside a session: KV_READ.
#include "commands/read_commands.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "commands/bounded_out.h"
#include "commands/key_commands.h"
#include "json/pointer.h"
#include "json/walk.h"
#include "store/session_source.h"

namespace seshdb::commands {

namespace {

using json::Kind;
using json::View;
using protocol::ObjectWriter;
using protocol::Reply;

constexpr Params kReadParams{
    kTokenParam,
    {.name = "paths",
     .type = Type::kPaths,
     .items_max = limits::kPathsMax,
     .summary = "JSON Pointers (RFC 6901) into the session, whose members are its keys; `\"\"` is "
                "the whole session."},
    {.name = "as",
     .type = Type::kChoice,
     .required = false,
     .choices = "value type size names",
     .fallback = "\"value\"",
     .summary =
         "`value`, `type` (object, array, string, number, boolean or null), `size` (members, "
         "items, or code points of a string) or `names` (of an object's members)."}};
constexpr std::size_t kPaths = place_of("paths", kReadParams);
constexpr std::size_t kAs = place_of("as", kReadParams);

std::string_view type_name(Kind kind) {
  switch (kind) {
    case Kind::kObject:
      return "object";
    case Kind::kArray:
      return "array";
    case Kind::kString:
      return "string";
    case Kind::kNumber:
      return "number";
    case Kind::kBool:
      return "boolean";
    case Kind::kNull:
      break;
  }
  return "null";
}

// One KV_READ.
class Reading {
 public:
  Reading(const Context& context, store::Session& session, std::string_view as, Buffer& out)
      : store_(context.core.store),
        session_(session),
        source_(session),
        as_(as),
        out_(out, context.core.bounds.answer_bytes),
        scanned_(context.core.bounds.scan_steps()) {}

  // Adds what the pointer selects, if it selects something of the kind that was asked for. False
  // past the bounds.
  bool add(std::string_view raw, json::Pointer pointer, ObjectWriter& values) {
    const std::optional<View> found = find(pointer);
    if (!found) return !scanned_.spent();
    if (as_ == "value") {
      values.raw_name(raw);
      return out_.append(*found);
    }
    if (as_ == "type") {
      values.raw_name(raw).append('"');
      out_.buffer().append(type_name(found->kind()));
      out_.buffer().append('"');
    } else if (as_ == "size") {
      const std::optional<std::size_t> size = found->size(&scanned_);
      if (size) values.raw_name(raw).append_number(*size);
    } else if (found->kind() == Kind::kObject) {
      values.raw_name(raw);
      add_names(*found);
    }
    return !scanned_.spent() && out_.has_room();
  }

 private:
  std::optional<View> find(json::Pointer pointer) {
    if (pointer.done()) return View(source_);
    std::string scratch;
    const std::string_view name = json::unescaped_token(pointer.take(), scratch);
    const json::Value* value = session_.keys().find(name);
    if (value == nullptr) return std::nullopt;
    if (!pointer.done() && value->is_large_text()) {
      if (!scanned_.take_bytes(value->bytes())) return std::nullopt;
      value = store_.open(session_, name);
    }
    return View(*value).at(pointer);
  }

  void add_names(const View& object) {
    out_.buffer().append('[');
    for (json::Walk walk(object, &scanned_); walk.more() && out_.has_room(); walk.next()) {
      if (walk.index() != 0) out_.buffer().append(',');
      walk.name().append_to(out_.buffer());
    }
    out_.buffer().append(']');
  }

  store::Store& store_;
  store::Session& session_;
  const store::SessionSource source_;
  const std::string_view as_;
  BoundedOut out_;
  json::Steps scanned_;
};

void kv_read(const Context& context, const Call& call, store::Session* session, Reply& reply) {
  std::string scratch;
  const std::string_view as = read_string(call, call.param(kAs), "value", scratch);
  reply.status(Status::kOk);
  write_tkn(call, reply);
  Buffer& out = reply.member("values");
  ObjectWriter values(out);
  Reading reading(context, *session, as, out);
  bool within = true;
  for_each_string(call, *call.param(kPaths), [&](std::string_view raw, std::string_view path) {
    within = within && reading.add(raw, *json::Pointer::parse(path), values);
  });
  values.close();
  if (within) return;
  reply.restart();
  write_fault(call, Status::kOutOfBounds, "paths", reply);
}

constexpr std::array kRows{Row{
    .name = "KV_READ",
    .roles = kTokenRoles,
    .slides = true,
    .tells_revision = true,
    .params = kReadParams,
    .statuses = {Status::kOk, Status::kOutOfBounds},
    .answer = {kStAnswer,
               kTknAnswer,
               {"values", "object",
                "For each pointer that selects something what was asked for, under the pointer "
                "as it came. `size` and `names` leave out what has none."},
               kRevAnswer},
    .summary = "Reads values inside the keys of a session.",
    .details = "A pointer that selects nothing is left out, so a stored null differs from "
               "nothing. An answer of more than --answer-bytes-max gives 43 with `m` `paths`.",
    .example =
        {R"({"KV_READ":{"tkn":"8467384731478681233","paths":["/user/avatar","/cart/0","/none"]}})",
         R"({"KV_READ_RSP":{"st":1,"tkn":"8467384731478681233","values":{"/user/avatar":"img2.png","/cart/0":{"id":7}},"rev":1794700800123456}})"},
    .run = kv_read}};

}  // namespace

std::span<const Row> read_rows() { return kRows; }

}  // namespace seshdb::commands
