// Tries every state that the requests under way may have led to.
#include "simulation/session.h"

#include <map>
#include <optional>

#include "base/buffer.h"
#include "store/tokens.h"
#include "support/conformance.h"

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

class States {
 public:
  States(const Known& known, std::string kept, bool may_refuse)
      : known_(known), kept_(*parse_json(kept)), may_refuse_(may_refuse) {}

  // True where the stored state is that of `model`, or a later one after requests from `next` on.
  [[nodiscard]] bool meet(const Model& model, std::size_t next) const {
    if (is_kept(model)) return true;
    for (; next < known_.pending.size(); ++next) {
      const Request& request = known_.pending[next];
      if (request.to_all || request.command.starts_with("SH_INFO")) continue;
      Model later = model;
      (void)later.run(request.command, *parse_json(request.params));
      if (meet(later, next + 1)) return true;
      if (!may_refuse_) return false;
    }
    return false;
  }

 private:
  [[nodiscard]] bool is_kept(Model model) const {
    const std::string told = *model.run("KV_GET", *parse_json(ask_all(known_.token)));
    std::map<std::string, std::string> variables;
    return testing::mismatch(*parse_json(told), kept_, variables, 0).empty();
  }

  const Known& known_;
  const Json kept_;
  const bool may_refuse_;
};

}  // namespace

std::string wrong_with(const Known& known, const store::Store& store, std::uint64_t now_ms,
                       bool may_refuse) {
  if (known.token.empty()) return "";
  const store::Session* session = store.peek(*store::parse_token(known.token));
  if (session != nullptr && session->expired(now_ms)) session = nullptr;
  const Lifetime& lifetime = known.lifetime;
  if (session == nullptr && lifetime.may_be_over(now_ms + lifetime.lag_ms())) return "";
  if (session != nullptr && known.is_over) return "a session is back: " + known.token;
  const bool may_have_slid = lifetime.slides() && !known.pending.empty();
  if (session != nullptr && !may_have_slid && !lifetime.may_live(now_ms)) {
    return "a session is kept beyond its deadline: " + known.token;
  }
  const std::string kept = kept_text(known.token, session);
  if (States(known, kept, may_refuse).meet(known.model, 0)) return "";
  Model model = known.model;
  return "told: " + *model.run("KV_GET", *parse_json(ask_all(known.token))) + "\n  and " +
         std::to_string(known.pending.size()) + " requests are under way; kept: " + kept;
}

}  // namespace seshdb::testing
