// Tags that come and go, and the end of all sessions of one.
#include "crash/client.h"

namespace seshdb::testing {

void CrashClient::tag(Session& session, std::string& frames) {
  const std::string removed = dice_.pick(groups_);
  const std::string added = dice_.pick(groups_);
  const bool removes = dice_.one_in(3);
  put("SH_TAG", &session,
      R"("tkn":")" + session.token + R"(","add":[)" + json_string(added) + ']' +
          (removes ? R"(,"rmv":[)" + json_string(removed) + ']' : ""),
      frames, [&](State& state) {
        if (!state.live) return;
        if (removes) state.groups.erase(removed);
        state.groups.insert(added);
      });
}

// Each of its sessions is ended by itself: a crash may come between two of them.
void CrashClient::end_group(std::string& frames) {
  const std::string group = dice_.pick(groups_);
  std::vector<Session*> ended;
  std::string except;
  for (Session& session : sessions_) {
    if (!session.newest().groups.contains(group)) continue;
    if (except.empty() && !session.rotating && dice_.one_in(3)) {
      except = R"(,"except":")" + session.token + '"';
    } else {
      ended.push_back(&session);
    }
  }
  put("SH_END_TAG", nullptr, R"("tag":)" + json_string(group) + except, frames, {});
  pending_.back().ends_group = true;
  pending_.back().ended = ended;
  for (Session* const session : ended) {
    session->sent([](State& state) { state = State{}; });
  }
}

std::string CrashClient::wrong_count(const Pending& pending, const std::string& answer) {
  const Json content = parse_json(answer)->members.front().second;
  const Json* const count = content.find("cnt");
  const std::string wanted = std::to_string(pending.ended.size());
  return count != nullptr && count->text == wanted ? "" : answer + ", and not " + wanted;
}

}  // namespace seshdb::testing
