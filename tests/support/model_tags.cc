// The rules for commands about many sessions: tags, and what is done with all sessions of one.
#include <algorithm>

#include "support/model.h"
#include "support/oracle.h"

namespace seshdb::testing {

namespace {

std::string number(std::uint64_t value) { return std::to_string(value); }

std::string text_of(const std::set<std::string>& tags) {
  std::string all;
  for (const std::string& tag : tags) all += (all.empty() ? "" : ",") + json_string(tag);
  return '[' + all + ']';
}

// The strings of an array, or of one string.
std::set<std::string> strings_of(const Json* json) {
  std::set<std::string> all;
  if (json == nullptr) return all;
  if (json->is_string()) all.insert(json->decoded());
  for (const Json& item : json->items) all.insert(item.decoded());
  return all;
}

}  // namespace

void Model::fill_new(const Json& params) {
  made_.tags = strings_of(params.find("tags"));
  const Json* const keys = params.find("keys");
  if (keys == nullptr) return;
  for (const auto& [name, value] : without_duplicates(*keys).members) {
    made_.keys[name.decoded()] = value;
  }
}

std::string Model::run_tag(const Json& params, Session& session, const std::string& tkn) {
  std::set<std::string> tags = session.tags;
  for (const std::string& tag : strings_of(params.find("rmv"))) tags.erase(tag);
  tags.merge(strings_of(params.find("add")));
  if (tags.size() > 8) return R"({"st":42,"tkn":)" + tkn + R"(,"m":"add"})";
  session.tags = tags;
  return R"({"st":1,"tkn":)" + tkn + ",\"tags\":" + text_of(tags) + '}';
}

std::string Model::run_rotate(Sessions::iterator session, const std::string& tkn) {
  if (session->second.shared) return R"({"st":102,"tkn":)" + tkn + R"(,"m":"tkn"})";
  made_ = session->second;
  is_rotating_ = true;
  sessions_.erase(session);
  return R"({"st":1,"tkn":"{{text}}","old":)" + tkn + '}';
}

// All sessions at once, whatever `limit` and `after` are, sorted by their tokens.
std::string Model::run_find_sessions(const Json& params) const {
  const Json* const tag = params.find("tag");
  const Json* const keys = params.find("keys");
  std::string all;
  std::size_t count = 0;
  for (const auto& [token, session] : sessions_) {
    if (tag != nullptr && !session.tags.contains(tag->decoded())) continue;
    ++count;
    all += std::string(all.empty() ? "" : ",") + R"({"tkn":")" + token + R"(","name":)" +
           (session.shared ? json_string(session.name) : "null") +
           ",\"shared\":" + (session.shared ? "true" : "false") +
           ",\"tags\":" + text_of(session.tags) + ",\"keyCnt\":" + number(session.keys.size()) +
           ",\"expiry\":" + expiry_text(session);
    std::string values;
    for (const std::string& key : strings_of(keys)) {
      const auto found = session.keys.find(key);
      if (found == session.keys.end()) continue;
      values += (values.empty() ? "" : ",") + json_string(key) +
                ":{\"$exact\":" + to_text(found->second) + '}';
    }
    all += (keys == nullptr ? "" : ",\"keys\":{" + values + '}') + '}';
  }
  return R"({"st":1,"cnt":)" + number(count) + ",\"sessions\":[" + all + "]}";
}

std::string Model::run_end_tag(const Json& params) {
  const std::string tag = params.find("tag")->decoded();
  const std::set<std::string> except = strings_of(params.find("except"));
  std::size_t count = 0;
  for (auto at = sessions_.begin(); at != sessions_.end();) {
    const bool ends = at->second.tags.contains(tag) && !except.contains(at->first);
    count += ends ? 1 : 0;
    at = ends ? end(at) : std::next(at);
  }
  return R"({"st":1,"cnt":)" + number(count) + '}';
}

}  // namespace seshdb::testing
