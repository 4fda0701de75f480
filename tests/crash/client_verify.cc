// After a crash: compares each session on the server with the client's expectation.
#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

#include "crash/client.h"

namespace seshdb::testing {

namespace {

// The answer's object; throws where the server has ended.
Json ask(WebSocketClient& client, const std::string& request) {
  const std::optional<Json> answer = parse_json(client.ask(request));
  if (!answer || !answer->is_object()) throw std::runtime_error("no answer to " + request);
  return answer->members.front().second;
}

std::uint64_t number_in(const Json& object, std::string_view name) {
  const Json* const member = object.find(name);
  return member == nullptr ? 0 : std::stoull(member->text);
}

bool bool_in(const Json& object, std::string_view name) {
  const Json* const member = object.find(name);
  return member != nullptr && member->text == "true";
}

}  // namespace

Seen CrashClient::look(WebSocketClient& client, Session& session) {
  Seen seen;
  seen.asked_ms = unix_now_ms();
  if (session.shared()) {
    const Json opened = ask(client, R"({"SH_OPEN":{"name":)" + json_string(session.name) + "}}");
    if (number_in(opened, "st") != 1) {
      seen.answered_ms = unix_now_ms();
      return seen;
    }
    session.token = opened.find("tkn")->text;
  }
  const std::string tkn = R"({"tkn":")" + session.token + '"';
  const Json info = ask(client, R"({"SH_INFO":)" + tkn + "}}");
  seen.live = number_in(info, "st") == 1;
  if (seen.live) {
    const Json& expiry = *info.find("expiry");
    seen.shared = bool_in(info, "shared");
    seen.key_count = number_in(info, "keyCnt");
    seen.duration_s = static_cast<std::uint32_t>(number_in(expiry, "duration"));
    seen.deadline_s = static_cast<std::int64_t>(number_in(expiry, "time"));
    seen.delete_session = bool_in(expiry, "deleteSession");
    seen.sliding = bool_in(expiry, "sliding");
    const Json tagged = ask(client, R"({"SH_TAG":)" + tkn + "}}");
    if (const Json* const tags = tagged.find("tags"); tags != nullptr) {  // as below
      for (const Json& tag : tags->items) seen.tags.insert(tag.decoded());
    }
    const Json names = ask(client, R"({"KV_KEYS":)" + tkn + "}}");
    const Json* const list = names.find("keys");
    if (list != nullptr && !list->items.empty()) {  // else it may have expired just now
      const Json got = ask(client, R"({"KV_GET":)" + tkn + R"(,"keys":)" + to_text(*list) + "}}");
      if (const Json* const keys = got.find("keys"); keys != nullptr) {
        for (const auto& [name, value] : keys->members) seen.keys[name.decoded()] = to_text(value);
      }
    }
  }
  seen.answered_ms = unix_now_ms();
  return seen;
}

// A rotation without an answer may have been made or not. Exactly one token is live, and has the
// tag.
std::string CrashClient::find_token(WebSocketClient& client, Session& session) {
  const Json found = ask(client, R"({"SH_FIND":{"tag":)" + json_string(session.tag) + "}}");
  const std::vector<Json>& all = found.find("sessions")->items;
  if (all.size() > 1) return "two sessions of one tag: " + to_text(found);
  if (all.empty() || all[0].find("tkn")->text == session.token) return "";
  if (!session.rotating) return "a tag has gone over to another session: " + to_text(found);
  ended_.push_back(std::exchange(session.token, all[0].find("tkn")->text));
  return "";
}

std::string CrashClient::verify_ended(WebSocketClient& client) {
  std::string tokens;
  for (std::size_t n = std::min<std::size_t>(ended_.size(), 50); n != 0; --n) {
    tokens += (tokens.empty() ? "\"" : ",\"") + dice_.pick(ended_) + '"';
  }
  const Json found = ask(client, R"({"SH_EXISTS":{"tkns":[)" + tokens + "]}}");
  return found.find("exist")->items.empty() ? "" : "ended sessions are back: " + to_text(found);
}

// Exactly the sessions that have a tag are found by it. All states are known by now.
std::string CrashClient::verify_groups(WebSocketClient& client) {
  for (const std::string& group : groups_) {
    std::set<std::string> wanted;
    for (const Session& session : sessions_) {
      if (session.newest().groups.contains(group)) wanted.insert(session.token);
    }
    const Json found =
        ask(client, R"({"SH_FIND":{"limit":1000,"tag":)" + json_string(group) + "}}");
    std::set<std::string> given;
    for (const Json& session : found.find("sessions")->items) {
      given.insert(session.find("tkn")->text);
    }
    if (given == wanted && number_in(found, "cnt") == wanted.size()) continue;
    return "other sessions have the tag " + group + " than the " + std::to_string(wanted.size()) +
           " that should: " + to_text(found);
  }
  return "";
}

std::string CrashClient::verify(std::uint16_t port, bool& whole) {
  whole = false;
  try {
    WebSocketClient client(port);
    for (auto session = sessions_.begin(); session != sessions_.end();) {
      if (session->uncertain) {
        ++unknown_;
        session = sessions_.erase(session);
        continue;
      }
      if (!session->shared()) {
        if (std::string wrong = find_token(client, *session); !wrong.empty()) return wrong;
      }
      session->rotating = false;
      if (std::string wrong = session->see(look(client, *session)); !wrong.empty()) return wrong;
      if (!session->shared() && !session->newest().live) {
        ended_.push_back(session->token);
        session = sessions_.erase(session);
      } else {
        ++session;
      }
    }
    if (std::string wrong = verify_ended(client); !wrong.empty()) return wrong;
    if (std::string wrong = verify_groups(client); !wrong.empty()) return wrong;
    whole = true;
  } catch (const std::runtime_error& error) {
    if (std::string_view(error.what()).find("in time") != std::string_view::npos) {
      return error.what();
    }
  }
  return "";
}

void CrashClient::all_ended(bool for_sure) {
  for (Session& session : sessions_) session.ended(for_sure);
  if (for_sure) unknown_ = 0;
}

std::size_t CrashClient::live_least() const {
  return static_cast<std::size_t>(
      std::count_if(sessions_.begin(), sessions_.end(), [](const Session& session) {
        return !session.brief && session.sure() && session.newest().live;
      }));
}

std::size_t CrashClient::live_most() const {
  return unknown_ + static_cast<std::size_t>(std::count_if(
                        sessions_.begin(), sessions_.end(),
                        [](const Session& session) { return session.may_be_live(); }));
}

}  // namespace seshdb::testing
