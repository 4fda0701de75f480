// Every rule of the protocol's sections 3 to 5 once, without regard to speed.
#include "support/model.h"

#include <algorithm>
#include <stdexcept>

#include "base/clock.h"
#include "support/oracle.h"
#include "support/slow_decimal.h"

namespace seshdb::testing {

namespace {

std::string number(std::uint64_t value) { return std::to_string(value); }

// The members that count: the last of each name.
std::vector<std::pair<Json, Json>> members_of(const Json& object) {
  return without_duplicates(object).members;
}

// The items that count, as strings: the last of equal ones.
std::vector<Json> names_of(const Json& list) {
  std::vector<Json> names;
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    bool later = false;
    for (std::size_t j = i + 1; j < list.items.size(); ++j) {
      later = later || list.items[j].decoded() == list.items[i].decoded();
    }
    if (!later) names.push_back(list.items[i]);
  }
  return names;
}

void add(std::string& members, const std::string& name, const std::string& value) {
  members += (members.empty() ? "" : ",") + name + ':' + value;
}

std::string exact(const Json& value) { return "{\"$exact\":" + to_text(value) + '}'; }

// The figures of a server are not predicted.
std::string server_info(std::uint64_t sessions, std::uint64_t keys) {
  return R"({"st":1,"version":"{{text}}","uptime":"{{*}}","cores":"{{*}}","sessions":)" +
         number(sessions) + ",\"keys\":" + number(keys) +
         R"(,"connections":"{{*}}","memory":"{{*}}","engine":"{{*}}","limits":"{{*}}"})";
}

bool is_true(const Json* json) { return json != nullptr && json->text == "true"; }

}  // namespace

std::optional<std::string> Model::run(const std::string& command, const Json& params) {
  expire();
  tells_.clear();
  if (auto answer = run_faults(command, params)) return answer;
  if (auto answer = run_alone(command, params)) return answer;
  const Json* const given = params.find("tkn");
  const std::string token =
      given != nullptr ? given->decoded() : token_of(params.find("name")->decoded());
  const auto found = sessions_.find(token);
  if (found == sessions_.end()) {
    return "{\"st\":100,\"tkn\":" + (given == nullptr ? "null" : to_text(*given)) + ",\"m\":\"" +
           (given == nullptr ? "name" : "tkn") + "\"}";
  }
  const std::string tkn = '"' + token + '"';
  Session& session = found->second;
  if (command == "SH_END") {
    end(found);
    return "{\"st\":1,\"tkn\":" + tkn + '}';
  }
  if (command == "SH_INFO") {
    return "{\"st\":1,\"tkn\":" + tkn + ",\"shared\":" + (session.shared ? "true" : "false") +
           ",\"keyCnt\":" + number(session.keys.size()) + ",\"expiry\":" + expiry_text(session) +
           '}';
  }
  if (command == "SH_TOUCH") {
    const Json* const expiry = params.find("expiry");
    if (expiry != nullptr) set_expiry(session, expiry);
    session.deadline_ms = now_ms_ + session.duration_ms;
    return "{\"st\":1,\"tkn\":" + tkn + ",\"expiry\":" + expiry_text(session) + '}';
  }
  if (command == "SH_TAG") return run_tag(params, session, tkn);
  if (command == "SH_ROTATE") return run_rotate(found, tkn);
  if (session.sliding) session.deadline_ms = now_ms_ + session.duration_ms;
  return run_changes(command, params, session, tkn);
}

// A command that is about no one session; nothing for any other.
std::optional<std::string> Model::run_alone(const std::string& command, const Json& params) {
  if (command == "SH_SAVE" || command == "SH_LOAD") {  // there is no directory for saves
    return R"({"st":14,"tkn":null,"m":"{{text}}"})";
  }
  if (command == "SH_NEW") return run_new(params);
  if (command == "SH_EXISTS") return run_exists(params);
  if (command == "SH_FIND") return run_find_sessions(params);
  if (command == "SH_END_TAG") return run_end_tag(params);
  if (command == "SH_INFO_ALL" || command == "SV_INFO") {
    std::uint64_t keys = 0;
    for (const auto& [token, session] : sessions_) keys += session.keys.size();
    if (command == "SV_INFO") return server_info(sessions_.size(), keys);
    return "{\"totalSessions\":" + number(sessions_.size()) + ",\"totalKeys\":" + number(keys) +
           '}';
  }
  if (command == "SH_END_ALL") {
    const std::size_t count = sessions_.size();
    while (!sessions_.empty()) end(sessions_.begin());
    return "{\"st\":1,\"cnt\":" + number(count) + '}';
  }
  if (command == "SH_OPEN") {
    const Json& name = *params.find("name");
    const std::string token = token_of(name.decoded());
    return std::string("{\"st\":") + (token.empty() ? "102" : "1") + ",\"name\":" + to_text(name) +
           ",\"tkn\":" + (token.empty() ? "null" : '"' + token + '"') + '}';
  }
  return std::nullopt;
}

// A command on keys, unless it asks for another revision.
std::optional<std::string> Model::run_changes(const std::string& command, const Json& params,
                                              Session& session, const std::string& tkn) {
  const Json* const wanted = command == "KV_UPDATE" ? nullptr : params.find("ifRev");
  const Revision& is = session.revision;
  if (wanted != nullptr) {
    const bool is_current =
        !is.has_grown && is.seen != 0 && slow_compare(wanted->text, number(is.seen)) == 0;
    if (!is_current) {
      return with_revision("{\"st\":50,\"tkn\":" + tkn + R"(,"m":"ifRev"})", session, tkn);
    }
  }
  if (auto answer = run_document(command, params, session, tkn)) return answer;
  const auto answer = run_keys(command, params, session, tkn);
  return wanted == nullptr || !answer ? answer : with_revision(*answer, session, tkn);
}

void Model::expire() {
  for (auto at = sessions_.begin(); at != sessions_.end();) {
    Session& session = at->second;
    const bool due = session.duration_ms != 0 && now_ms_ >= session.deadline_ms;
    if (due && session.delete_session) {
      at = end(at);
      continue;
    }
    if (due && !session.keys.empty()) {
      session.keys.clear();
      session.revision.note(Changed::kYes);
    }
    while (session.duration_ms != 0 && now_ms_ >= session.deadline_ms) {
      session.deadline_ms += session.duration_ms;
    }
    ++at;
  }
}

void Model::set_expiry(Session& session, const Json* expiry) {
  session.duration_ms = expiry == nullptr ? 0 : 1'000 * std::stoull(expiry->find("duration")->text);
  session.delete_session = session.duration_ms == 0 || is_true(expiry->find("deleteSession"));
  session.sliding = session.duration_ms != 0 && is_true(expiry->find("sliding"));
  session.deadline_ms = now_ms_ + session.duration_ms;
}

std::string Model::expiry_text(const Session& session) const {
  if (session.duration_ms == 0) {
    return R"({"expires":false,"duration":0,"time":0,"deleteSession":true})";
  }
  const std::int64_t seconds =
      whole_seconds(static_cast<std::int64_t>(session.deadline_ms) + wall_shift_ms_);
  return "{\"expires\":true,\"duration\":" + number(session.duration_ms / 1'000) +
         ",\"time\":" + std::to_string(seconds) +
         ",\"deleteSession\":" + (session.delete_session ? "true" : "false") +
         (session.sliding ? ",\"sliding\":true" : "") + '}';
}

std::string Model::run_new(const Json& params) {
  const Json& name = *params.find("name");
  const bool shared = is_true(params.find("shared"));
  const std::string token = shared ? token_of(name.decoded()) : "";
  const std::string head = "{\"st\":1,\"name\":" + to_text(name) + ",\"tkn\":";
  made_ = {};
  if (!token.empty() && is_true(params.find("exclusive"))) {
    return R"({"st":208,"name":)" + to_text(name) + R"(,"tkn":null})";
  }
  if (!token.empty()) return head + '"' + token + "\"}";
  made_.name = name.decoded();
  made_.shared = shared;
  set_expiry(made_, params.find("expiry"));
  fill_new(params);
  return head + "\"{{text}}\"}";
}

std::string Model::run_exists(const Json& params) {
  std::string live;
  for (const Json& item : params.find("tkns")->items) {
    if (item.is_string() && sessions_.count(item.decoded()) == 1) {
      live += (live.empty() ? "" : ",") + to_text(item);
    }
  }
  return "{\"st\":1,\"exist\":[" + live + "]}";
}

std::optional<std::string> Model::run_keys(const std::string& command, const Json& params,
                                           Session& session, const std::string& tkn) {
  auto& keys = session.keys;
  const auto note_change = [&session] { session.revision.note(Changed::kYes); };
  const std::string count = ",\"cnt\":" + number(keys.size());
  const Json* const given = params.find("keys");
  std::string out;
  if (command == "KV_COUNT") return "{\"st\":1,\"tkn\":" + tkn + count + '}';
  if (command == "KV_CLEAR" || command == "KV_CLEAR_SET") {
    if (!keys.empty()) note_change();
    keys.clear();
  }
  if (command == "KV_CLEAR") return "{\"st\":1,\"tkn\":" + tkn + count + '}';
  if (command == "KV_UPDATE") return run_update(params, session, tkn);
  if (command == "KV_KEYS") {  // in no order: the caller sorts
    for (const auto& [name, value] : keys) out += (out.empty() ? "" : ",") + json_string(name);
    return "{\"st\":1,\"tkn\":" + tkn + ",\"keys\":[" + out + "]}";
  }
  if (given == nullptr) throw std::runtime_error("the model has no rule for " + command);
  if (given->is_object()) {
    for (const auto& [name, value] : members_of(*given)) {
      const auto old = keys.find(name.decoded());
      const bool is_new = old == keys.end();
      if (command == "KV_APPEND") {
        const bool fits = !is_new && append_to(old->second, value);
        if (fits) note_change();
        add(out, to_text(name), is_new ? "22" : fits ? "1" : "41");
      } else if (command == "KV_ADD" || command == "KV_ADDQ") {
        if (is_new) note_change();
        if (is_new) keys[name.decoded()] = value;
        if (command == "KV_ADD" || !is_new) add(out, to_text(name), is_new ? "20" : "23");
      } else {
        note_change();
        keys[name.decoded()] = value;
        add(out, to_text(name), is_new ? "20" : "21");
      }
    }
    if (command == "KV_SETQ" || (command == "KV_ADDQ" && out.empty())) return std::nullopt;
    const bool cleared = command == "KV_CLEAR_SET";
    return '{' + std::string(cleared ? "\"st\":1," : "") + "\"tkn\":" + tkn +
           (cleared ? count : "") + ",\"keys\":{" + out + "}}";
  }
  for (const Json& name : names_of(*given)) {
    const auto old = keys.find(name.decoded());
    const bool there = old != keys.end();
    if (command == "KV_GET") {
      add(out, to_text(name), there ? exact(old->second) : "null");
    } else if (command == "KV_CONTAINS") {
      add(out, to_text(name), there ? "true" : "false");
    } else {
      const bool is_taken = name.decoded() == "rev" && params.find("ifRev") != nullptr;
      const bool listed = name.decoded() != "tkn" && name.decoded() != "rid" && !is_taken;
      if (listed) add(out, to_text(name), there ? "24" : "22");
      if (there) note_change();
      if (there) keys.erase(old);
    }
  }
  if (command == "KV_RMV") return "{\"tkn\":" + tkn + (out.empty() ? "" : ',' + out) + '}';
  return '{' + std::string(command == "KV_CONTAINS" ? "\"st\":1," : "") + "\"tkn\":" + tkn +
         ",\"keys\":{" + out + "}}";
}

std::string Model::run_update(const Json& params, Session& session, const std::string& tkn) {
  const std::string name = to_text(*params.find("key"));
  const auto old = session.keys.find(params.find("key")->decoded());
  const auto answer = [&](const std::string& status, const std::string& blamed) {
    return "{\"tkn\":" + tkn + ",\"key\":{" + name + ':' + status + '}' +
           (blamed.empty() ? "" : ",\"m\":" + blamed) + '}';
  };
  if (old == session.keys.end()) return answer("22", "");
  Json changed = old->second;
  for (const auto& [path, value] : members_of(params)) {
    const std::string pointer = path.decoded();
    const bool is_pointer = pointer.empty() || pointer[0] == '/';
    if (!is_pointer) continue;  // another parameter
    Json* const target = select(changed, pointer);
    if (target == nullptr) return answer("5", to_text(path));
    *target = value;
  }
  old->second = changed;
  session.revision.note(Changed::kYes);
  return answer("1", "");
}

}  // namespace seshdb::testing
