// What the model knows of revisions, and its commands on a session as one document.
#include <algorithm>
#include <array>
#include <vector>

#include "support/model.h"
#include "support/oracle.h"

namespace seshdb::testing {

namespace {

// The parameters of KV_FIND that are no operators.
constexpr std::array kOthers{"tkn", "name", "rid", "path", "rsp"};

std::string head_of(const std::string& tkn) { return "{\"st\":1,\"tkn\":" + tkn; }

std::string fault(int status, const std::string& tkn, const std::string& blamed) {
  return "{\"st\":" + std::to_string(status) + ",\"tkn\":" + tkn + ",\"m\":" + json_string(blamed) +
         '}';
}

std::string exact(const std::string& text) { return "{\"$exact\":" + text + '}'; }

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ",") + text;
  return all;
}

// Keys in no order, values as they are.
std::string keys_text(const Keys& keys) {
  std::string members;
  for (const auto& [name, value] : keys) {
    members += (members.empty() ? "" : ",") + json_string(name) + ':' + exact(to_text(value));
  }
  return '{' + members + '}';
}

template <std::size_t Count>
bool is_one_of(const std::string& text, const std::array<const char*, Count>& all) {
  return std::count(all.begin(), all.end(), text) != 0;
}

std::string text_of(const Json* json, const std::string& otherwise) {
  return json == nullptr ? otherwise : json->decoded();
}

}  // namespace

std::string Model::Revision::text() const {
  if (!has_grown && !may_grow && seen != 0) return std::to_string(seen);
  return std::string("\"{{>") + (may_grow && !has_grown ? "=" : "") + std::to_string(seen) + "}}\"";
}

void Model::Revision::note(Changed changed) {
  has_grown = has_grown || changed == Changed::kYes;
  may_grow = may_grow || changed == Changed::kPerhaps;
}

Model::Sessions::iterator Model::end(Sessions::iterator session) {
  ended_[session->first] = session->second.revision;
  return sessions_.erase(session);
}

// A session that is made again under its token has a greater revision than the former one.
void Model::learn_token(const std::string& token) {
  Session& session = sessions_.emplace(token, made_).first->second;
  if (std::exchange(is_rotating_, false)) return;
  session.revision = ended_[token];
  session.revision.note(Changed::kYes);
}

void Model::learn_revision(const Json& answer) {
  if (tells_.empty()) return;
  const Json* const rev = answer.members.at(0).second.find("rev");
  if (rev != nullptr) sessions_.at(tells_).revision = {.seen = std::stoull(rev->text)};
}

void Model::reload(bool keeps) {
  if (!keeps) ended_.clear();
  for (auto& [token, session] : sessions_) {
    if (!keeps) session.revision = {};
    session.revision.note(Changed::kPerhaps);
  }
}

const Keys* Model::keys(const std::string& token) const {
  const auto found = sessions_.find(token);
  return found == sessions_.end() ? nullptr : &found->second.keys;
}

std::string Model::token_of(const std::string& name) const {
  for (const auto& [token, session] : sessions_) {
    if (session.shared && session.name == name) return token;
  }
  return "";
}

std::uint64_t Model::revision(const std::string& token) const {
  const auto found = sessions_.find(token);
  if (found == sessions_.end()) return 0;
  const Revision& revision = found->second.revision;
  return revision.may_grow && !revision.has_grown ? 0 : revision.seen;
}

std::string Model::with_revision(const std::string& answer, const Session& session,
                                 const std::string& tkn) {
  tells_ = tkn.substr(1, tkn.size() - 2);
  return answer.substr(0, answer.size() - 1) + ",\"rev\":" + session.revision.text() + '}';
}

std::optional<std::string> Model::run_document(const std::string& command, const Json& params,
                                               Session& session, const std::string& tkn) {
  if (command == "KV_READ") return run_read(params, session, tkn);
  if (command == "KV_FIND") return run_find(params, session, tkn);
  if (command == "KV_PATCH") return run_patch(params, session, tkn);
  if (command == "KV_MERGE") return run_merge(params, session, tkn);
  return std::nullopt;
}

std::string Model::run_patch(const Json& params, Session& session, const std::string& tkn) {
  const Patched patched = patch_keys(session.keys, *params.find("ops"));
  if (patched.status != 1) return fault(patched.status, tkn, std::to_string(patched.failed));
  session.revision.note(patched.changed);
  const Json* const expiry = params.find("expiry");
  if (expiry != nullptr) set_expiry(session, expiry);
  return with_revision(head_of(tkn) + ",\"out\":{" + patched.out + "}}", session, tkn);
}

std::string Model::run_merge(const Json& params, Session& session, const std::string& tkn) {
  std::string statuses;
  for (const auto& [name, value] : without_duplicates(*params.find("keys")).members) {
    const auto old = session.keys.find(name.decoded());
    const bool is_there = old != session.keys.end();
    const bool removes = value.kind == Json::Kind::kWord && value.text == "null";
    if (is_there || !removes) session.revision.note(Changed::kYes);
    if (!removes) {
      merge_patch(session.keys[name.decoded()], value);
    } else if (is_there) {
      session.keys.erase(old);
    }
    const char* const status = removes ? (is_there ? "24" : "22") : (is_there ? "21" : "20");
    statuses += (statuses.empty() ? "" : ",") + to_text(name) + ':' + status;
  }
  const Json* const expiry = params.find("expiry");
  if (expiry != nullptr) set_expiry(session, expiry);
  return with_revision(head_of(tkn) + ",\"keys\":{" + statuses + "}}", session, tkn);
}

std::string Model::run_read(const Json& params, Session& session, const std::string& tkn) {
  static constexpr std::array kAll{"value", "type", "size", "names"};
  const std::string as = text_of(params.find("as"), "value");
  if (!is_one_of(as, kAll)) return fault(13, tkn, "as");
  Json document = document_of(session.keys);
  std::map<std::string, std::string> values;  // by decoded pointer
  for (const Json& path : params.find("paths")->items) {
    const std::string pointer = path.decoded();
    const auto found = read_as(document, pointer, as);
    if (!found) continue;
    // The keys of the session have no order.
    const std::string value = !pointer.empty() ? exact(*found)
                              : as == "value"  ? keys_text(session.keys)
                              : as == "names"  ? "{\"$any_order\":" + *found + '}'
                                               : *found;
    values[pointer] = to_text(path) + ':' + value;
  }
  std::vector<std::string> members;
  for (const auto& [pointer, member] : values) members.push_back(member);
  return with_revision(head_of(tkn) + ",\"values\":{" + joined(members) + "}}", session, tkn);
}

std::string Model::run_find(const Json& params, Session& session, const std::string& tkn) {
  static constexpr std::array kOfPaths{"values", "pointers", "paths"};
  static constexpr std::array kOfPointers{"keys", "kv"};
  const std::string path = params.find("path")->decoded();
  const bool is_path = path.starts_with("$");
  const std::string rsp = text_of(params.find("rsp"), is_path ? "values" : "keys");
  const auto op =
      std::find_if(params.members.begin(), params.members.end(),
                   [](const auto& member) { return !is_one_of(member.first.decoded(), kOthers); });
  if (!is_path && op == params.members.end()) {
    return "{\"st\":61,\"tkn\":" + tkn + R"(,"m":"{{text}}"})";
  }
  if (is_path ? !is_one_of(rsp, kOfPaths) : !is_one_of(rsp, kOfPointers)) {
    return fault(13, tkn, "rsp");
  }
  std::string found;
  if (path == "$" && rsp == "values") {
    found = '[' + keys_text(session.keys) + ']';
  } else if (is_path) {
    found = "{\"$any_order\":[" + joined(find_path(document_of(session.keys), path, rsp)) + "]}";
  } else {
    Keys kept;
    std::vector<std::string> names;
    const Json operand = without_duplicates(op->second);
    for (const auto& name : find_keys(session.keys, path, op->first.decoded(), operand)) {
      kept[name] = session.keys[name];
      names.push_back(json_string(name));
    }
    found = rsp == "kv" ? keys_text(kept) : "{\"$any_order\":[" + joined(names) + "]}";
  }
  return with_revision(head_of(tkn) + ",\"" + rsp + "\":" + found + '}', session, tkn);
}

}  // namespace seshdb::testing
