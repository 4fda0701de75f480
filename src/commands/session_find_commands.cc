// Sessions are given in the order of the hashes of their first tokens, so that a walk over several
// calls goes on at a hash, whatever is made, ended or rotated meanwhile. Each core gives its next
// ones; the answer has the first of all.
#include "commands/session_find_commands.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "commands/arguments.h"
#include "commands/key_commands.h"
#include "commands/session_answers.h"
#include "commands/shared_rows.h"
#include "json/decimal.h"
#include "json/string.h"
#include "store/tokens.h"

namespace seshdb::commands {

namespace {

using json::Node;
using protocol::Reply;

constexpr Param optional(Param param, std::string_view summary) {
  param.required = false;
  param.summary = summary;
  return param;
}

constexpr Params kFindParams{
    optional(kTagParam, "Only sessions with this tag; without it all sessions."),
    {.name = "limit",
     .type = Type::kCount,
     .required = false,
     .items_max = limits::kFoundSessionsMax,
     .fallback = "100",
     .summary = "How many sessions to give at most; 0 only counts."},
    {.name = "after",
     .type = Type::kCursor,
     .required = false,
     .bytes_max = 20,  // digits of a lower half
     .summary = "The `next` of the call before: the answer goes on behind it."},
    {.name = "keys",
     .type = Type::kKeyList,
     .required = false,
     .bytes_max = limits::kKeyNameBytesMax,
     .summary = "Keys to give with each session."}};
constexpr std::size_t kTag = place_of("tag", kFindParams);
constexpr std::size_t kLimit = place_of("limit", kFindParams);
constexpr std::size_t kAfter = place_of("after", kFindParams);
constexpr std::size_t kFindKeys = place_of("keys", kFindParams);

// One core's share: its next sessions, as they stand in the answer.
struct Found {
  struct Item {
    std::uint64_t hash;  // of the first token
    std::string text;
  };

  std::uint64_t count = 0;                 // of all that are sought
  std::uint64_t known_until = UINT64_MAX;  // no session up to this hash is missing in `items`
  std::vector<Item> items;

  void add(const Found& other) {
    count += other.count;
    known_until = std::min(known_until, other.known_until);
    items.insert(items.end(), other.items.begin(), other.items.end());
  }
};

// Writes sessions, with the keys that are asked for, within the bounds of one answer.
class Finding {
 public:
  Finding(const Context& context, const Call& call)
      : context_(context),
        has_keys_(call.param(kFindKeys) != nullptr),
        room_(context.core.bounds.answer_bytes) {
    if (!has_keys_) return;
    for_each_string(call, *call.param(kFindKeys),
                    [this](std::string_view raw, std::string_view key) {
                      keys_.push_back({std::string(raw), std::string(key)});
                    });
  }

  /// Adds the session; false where there is no room for it.
  [[nodiscard]] bool add(const store::Session& session, Found& found) {
    const std::uint64_t steps_max = context_.core.bounds.find_steps;
    if (!found.items.empty() && steps_ + keys_.size() > steps_max) return false;
    steps_ += keys_.size();
    line_.clear();
    write_head(session);
    if (has_keys_ && !write_keys(session)) return false;
    line_.append('}');
    if (!has_room()) return false;
    bytes_ += line_.size() + 1;
    room_ = context_.core.bounds.answer_bytes / context_.core.cores;
    const std::uint64_t first = context_.core.store.first_token_of(session);
    found.items.push_back({store::token_hash(first), std::string(line_.view())});
    return true;
  }

 private:
  struct Key {
    std::string raw;
    std::string name;
  };

  [[nodiscard]] bool has_room(std::size_t more = 0) const {
    return bytes_ + line_.size() + more <= room_;
  }

  void write_head(const store::Session& session) {
    line_.append("{\"tkn\":");
    store::append_token(context_.core.store.token_of(session), line_);
    line_.append(",\"name\":");
    if (session.shared()) {
      json::append_string(context_.core.store.name_of(session), line_);
    } else {
      line_.append("null");
    }
    line_.append(session.shared() ? ",\"shared\":true,\"tags\":" : ",\"shared\":false,\"tags\":");
    append_tags(context_.core.store.tags_of(session), line_);
    line_.append(",\"keyCnt\":");
    line_.append_number(session.keys().size());
    line_.append(",\"expiry\":");
    append_expiry(context_, session, line_);
  }

  bool write_keys(const store::Session& session) {
    line_.append(",\"keys\":");
    protocol::ObjectWriter writer(line_);
    for (const Key& key : keys_) {
      const json::Value* const value = session.keys().find(key.name);
      if (value == nullptr) continue;
      if (!has_room(value->bytes())) return false;
      value->append_to(writer.raw_name(key.raw));
    }
    writer.close();
    return true;
  }

  const Context& context_;
  const bool has_keys_;
  std::vector<Key> keys_;
  std::uint64_t steps_ = 0;  // a look-up of a key is one
  std::size_t bytes_ = 0;    // of the sessions so far
  std::size_t room_;         // for the first session a whole answer, for all a core's share of it
  Buffer line_;
};

std::size_t limit_of(const Call& call) {
  const Node* const limit = call.param(kLimit);
  if (limit == nullptr) return limits::kFoundSessionsDefault;
  return json::whole_number(limit->text(call.text), limits::kFoundSessionsMax).value_or(0);
}

// The hash at which the answer begins; nothing where the cursor is the last there can be.
std::optional<std::uint64_t> first_hash(const Call& call) {
  const Node* const after = call.param(kAfter);
  if (after == nullptr) return 0;
  std::string scratch;
  const std::uint64_t hash =
      store::token_hash(store::parse_cursor(after->string(call.text, scratch)));
  return hash == UINT64_MAX ? std::nullopt : std::optional(hash + 1);
}

Found sh_find_part(const Context& context, const Call& call) {
  store::Store& store = context.core.store;
  const Node* const tag_node = call.param(kTag);
  std::string scratch;
  const std::string_view tag = read_string(call, tag_node, "", scratch);
  Found found;
  found.count = tag_node == nullptr ? store.counts().sessions : store.tags().count(tag);
  const std::size_t limit = limit_of(call);
  const std::optional<std::uint64_t> first = first_hash(call);
  if (limit == 0 || !first) return found;
  std::vector<std::uint64_t> tokens;  // one more than can be given tells whether more follow
  if (tag_node == nullptr) {
    store.list_sessions(*first, limit + 1, tokens);
  } else {
    store.tags().list(tag, *first, limit + 1, tokens);
  }
  Finding finding(context, call);
  for (const std::uint64_t token : tokens) {
    const store::Session* const session = store.find_first(token, context.turn.now_ms);
    if (session == nullptr) continue;
    if (found.items.size() == limit || !finding.add(*session, found)) {
      found.known_until = store::token_hash(token) - 1;
      break;
    }
  }
  return found;
}

// Writes the first sessions of all that the parts have; gives the last one's hash, or nothing where
// the first does not fit.
std::optional<std::uint64_t> write_found(const Context& context, const Call& call,
                                         std::vector<const Found::Item*>& items, Buffer& out) {
  std::size_t room = context.core.bounds.answer_bytes;
  items.resize(std::min(items.size(), limit_of(call)));
  std::optional<std::uint64_t> last;
  out.append('[');
  for (const Found::Item* const item : items) {
    if (item->text.size() + 1 > room) break;
    room -= item->text.size() + 1;
    if (last) out.append(',');
    out.append(item->text);
    last = item->hash;
  }
  out.append(']');
  return last;
}

void sh_find_finish(const Context& context, const Call& call, const Found& all, Reply& reply) {
  std::vector<const Found::Item*> items;
  for (const Found::Item& item : all.items) {
    if (item.hash <= all.known_until) items.push_back(&item);
  }
  std::sort(items.begin(), items.end(),
            [](const Found::Item* a, const Found::Item* b) { return a->hash < b->hash; });
  const std::uint64_t last_known = items.empty() ? 0 : items.back()->hash;
  const bool is_all_known = all.known_until == UINT64_MAX;
  reply.status(Status::kOk);
  reply.number("cnt", all.count);
  const auto last = write_found(context, call, items, reply.member("sessions"));
  if (!last && !is_all_known) {
    reply.restart();
    reply.fault(Status::kOutOfBounds, {}, "keys");
    return;
  }
  if (last && (!is_all_known || *last != last_known)) {
    store::append_token(store::token_of_hash(*last), reply.member("next"));
  }
}

constexpr std::array kRows{Row{
    .name = "SH_FIND",
    .app_needs = "tag",
    .scope = Scope::kEveryCore,
    .settles = true,
    .params = kFindParams,
    .statuses = {Status::kOk, Status::kOutOfBounds},
    .answer = {kStAnswer,
               {"cnt", "integer", "How many live sessions there are, of this tag."},
               {"sessions", "array",
                "For each session `tkn`, `name` (null where it is not shared), `shared`, `tags`, "
                "`keyCnt`, `expiry` as in SH_INFO and, where `keys` was given, `keys` with those "
                "that "
                "are there."},
               {"next", "string", "Where more follow: the next call's `after`."}},
    .summary = "Lists sessions: those of a tag, or all.",
    .details =
        "A walk over several calls gives every session that lives and has the tag throughout, "
        "none twice; one that is rotated meanwhile appears under one of its tokens. An "
        "answer holds at most --answer-bytes-max, and looks up at most --find-steps-max keys: "
        "it gives fewer sessions then, and `next`. 43 with `m` `keys`: the next session alone "
        "does not fit.",
    .example = {R"({"SH_FIND":{"tag":"user:42","keys":["agent"]}})",
                R"({"SH_FIND_RSP":{"st":1,"cnt":1,"sessions":[{"tkn":"8467384731478681233",)"
                R"("name":null,"shared":false,"tags":["device:phone","user:42"],"keyCnt":2,)"
                R"("expiry":{"expires":false,"duration":0,"time":0,"deleteSession":true},)"
                R"("keys":{"agent":"Firefox"}}]}})"},
    .gather = gather<sh_find_part, sh_find_finish>()}};

}  // namespace

std::span<const Row> session_find_rows() { return kRows; }

}  // namespace seshdb::commands
