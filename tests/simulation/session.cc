// Tries every state that the requests under way may have led to.
#include "simulation/session.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

#include "base/buffer.h"
#include "support/conformance.h"
#include "support/store_walk.h"
#include "support/token_bits.h"

namespace seshdb::testing {

namespace {

constexpr const char* kKeys[] = {"a", "b", "c"};

std::string ask_all(const std::string& token) {
  return R"({"tkn":")" + token + R"(","keys":["a","b","c"]})";
}

// What KV_GET would answer for the stored session; it may be null.
std::string kept_text(const std::string& token, const store::Session* session) {
  const std::string tkn = R"("tkn":")" + token + '"';
  if (session == nullptr) return R"({"st":100,)" + tkn + R"(,"m":"tkn"})";
  std::string keys;
  for (const char* const name : kKeys) {
    const json::Value* const value = session->keys().find(name);
    Buffer text;
    if (value != nullptr) value->append_to(text);
    keys += (keys.empty() ? "\"" : ",\"") + std::string(name) +
            "\":" + (value == nullptr ? "null" : std::string(text.view()));
  }
  return '{' + tkn + R"(,"keys":{)" + keys + "}}";
}

// A session of the store, and the token that it has there: another than the client has, where a
// rotation under way was made.
struct Kept {
  const store::Session* session = nullptr;
  std::string token;
};

std::size_t pending_count(const Known& known, const std::string& command) {
  return static_cast<std::size_t>(
      std::count_if(known.pending.begin(), known.pending.end(),
                    [&](const Request& request) { return request.command == command; }));
}

Kept kept_session(const Known& known, const store::Store& store) {
  const std::uint64_t token = store::parse_token(known.token).lower;
  const store::Session* const session = session_of(store, known.token);
  const bool may_be_rotated = pending_count(known, "SH_ROTATE") != 0;
  if (session != nullptr || !may_be_rotated) return {session, known.token};
  for (const std::uint64_t other : all_tokens(store)) {
    const std::vector<std::uint64_t> former = store.former_tokens_of(*store.peek(other));
    if (former.empty() || former.back() != token) continue;
    const store::Session* const rotated = store.peek(other);
    return {rotated, text_of(store.token_of(*rotated))};
  }
  return {nullptr, known.token};
}

// What SH_TAG would answer for the stored session; it may be null.
std::string kept_tags(const Kept& kept, const store::Store& store) {
  if (kept.session == nullptr) return R"({"st":100,"tkn":")" + kept.token + R"(","m":"tkn"})";
  std::string tags;
  for (const std::string_view tag : store.tags_of(*kept.session)) {
    tags += (tags.empty() ? "" : ",") + json_string(tag);
  }
  return R"({"st":1,"tkn":")" + kept.token + R"(","tags":[)" + tags + "]}";
}

bool same(const std::string& told, const Json& kept) {
  std::map<std::string, std::string> variables;
  return testing::mismatch(*parse_json(told), kept, variables, 0).empty();
}

class States {
 public:
  States(const Known& known, const Kept& kept, const store::Store& store, bool may_refuse)
      : known_(known),
        token_(kept.token),
        keys_(*parse_json(kept_text(kept.token, kept.session))),
        tags_(*parse_json(kept_tags(kept, store))),
        may_refuse_(may_refuse) {}

  // True where the stored state is that of `model`, or a later one after requests from `next` on.
  [[nodiscard]] bool meet(const Model& model, std::size_t next) const {
    if (is_kept(model)) return true;
    for (; next < known_.pending.size(); ++next) {
      const Request& request = known_.pending[next];
      const bool changes_nothing = request.command == "SH_FIND" || request.command == "SH_EXISTS";
      if (request.to_all || changes_nothing || request.command.starts_with("SH_INFO")) continue;
      Model later = model;
      const auto told = later.run(request.command, *parse_json(request.params));
      const bool rotates = request.command == "SH_ROTATE" && told->starts_with(R"({"st":1,)");
      if (rotates) later.learn_token(token_ == known_.token ? kNone : token_);
      if (meet(later, next + 1)) return true;
      if (!may_refuse_) return false;
    }
    return false;
  }

 private:
  // The token of a session that the requests have rotated, and that is not in the store.
  static constexpr const char* kNone = "none";

  [[nodiscard]] bool is_kept(Model model) const {
    return model.keys(kNone) == nullptr &&
           same(*model.run("KV_GET", *parse_json(ask_all(token_))), keys_) &&
           same(*model.run("SH_TAG", *parse_json(R"({"tkn":")" + token_ + "\"}")), tags_);
  }

  const Known& known_;
  const std::string token_;
  const Json keys_;
  const Json tags_;
  const bool may_refuse_;
};

}  // namespace

std::string wrong_with(const Known& known, const store::Store& store, std::uint64_t now_ms,
                       bool may_refuse) {
  if (known.token.empty()) return "";
  Kept kept = kept_session(known, store);
  if (kept.session != nullptr && kept.session->expired(now_ms)) kept = {nullptr, known.token};
  const store::Session* const session = kept.session;
  const Lifetime& lifetime = known.lifetime;
  if (session == nullptr && lifetime.may_be_over(now_ms + lifetime.lag_ms())) return "";
  if (session != nullptr && known.is_over) return "a session is back: " + known.token;
  const bool may_have_slid = lifetime.slides() && !known.pending.empty();
  if (session != nullptr && !may_have_slid && !lifetime.may_live(now_ms)) {
    return "a session is kept beyond its deadline: " + known.token;
  }
  if (States(known, kept, store, may_refuse).meet(known.model, 0)) return "";
  Model model = known.model;
  return "told: " + *model.run("KV_GET", *parse_json(ask_all(known.token))) + "\n  and " +
         std::to_string(known.pending.size()) +
         " requests are under way; kept: " + kept_text(kept.token, session) +
         kept_tags(kept, store);
}

std::string wrong_with_tagged(const Known& known, const Stores& stores) {
  const auto find = [&stores](const std::string& token) {
    const store::Session* found = nullptr;
    for (const store::Store* const store : stores) {
      const store::Session* const session = session_of(*store, token);
      if (session != nullptr) found = session;
    }
    return found;
  };
  for (const std::string& token : known.rotated) {
    if (find(token) != nullptr) return "a former token is alive: " + token;
  }
  // The session itself, and what may have been made without an answer.
  std::size_t most = 1 + pending_count(known, "SH_NEW");
  const bool may_end = pending_count(known, "SH_END_TAG") != 0;
  for (const std::string& token : known.more) {
    Model model = known.model;
    const store::Session* const session = find(token);
    most += model.keys(token) != nullptr ? 1U : 0U;
    const std::string told = *model.run("KV_GET", *parse_json(ask_all(token)));
    const std::string kept = kept_text(token, session);
    if (same(told, *parse_json(kept)) || (session == nullptr && may_end)) continue;
    return "a further session is told: " + told + "\n  kept: " + kept;
  }
  std::size_t tagged = 0;
  for (const store::Store* const store : stores) tagged += store->tags().count(known.tag);
  return tagged <= most ? "" : std::to_string(tagged) + " sessions have the tag " + known.tag;
}

}  // namespace seshdb::testing
