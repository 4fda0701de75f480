// New sessions, and what is done with all sessions of a client by their tag. It is the client's
// alone, so the answers are known: those of the model, and of what may have expired.
#include <algorithm>
#include <array>
#include <string_view>

#include "simulation/client.h"

namespace seshdb::testing {

namespace {

constexpr std::size_t kMoreMost = 3;

std::uint64_t number_of(const Json& object, const char* name) {
  const Json* const member = object.find(name);
  return member == nullptr ? 0 : std::stoull(member->text);
}

bool lists(const Json& sessions, const std::string& token) {
  return std::any_of(sessions.items.begin(), sessions.items.end(),
                     [&](const Json& one) { return one.find("tkn")->text == token; });
}

void sort_by_token(Json& sessions) {
  std::sort(sessions.items.begin(), sessions.items.end(),
            [](const Json& a, const Json& b) { return a.find("tkn")->text < b.find("tkn")->text; });
}

// The model has no clock here.
void hide_times(Json& sessions) {
  for (Json& session : sessions.items) {
    for (auto& [name, value] : session.members) {
      for (auto& [setting, time] : value.members) {
        const bool is_time = name.text == "expiry" && setting.text == "time";
        if (is_time) time = *parse_json(R"("{{*}}")");
      }
    }
  }
}

}  // namespace

Request Client::draw_new() {
  std::string params = R"({"name":")" + std::string(1, letter_) + std::to_string(names_) + '"';
  known_.lifetime = {};
  if (scene_.dice.one_in(2)) {
    const std::uint64_t duration_s = 1 + scene_.dice.roll(4);
    const bool slides = scene_.dice.one_in(2);
    known_.lifetime = Lifetime(duration_s * 1'000, slides);
    params += R"(,"expiry":{"deleteSession":true,"duration":)" + std::to_string(duration_s) +
              R"(,"sliding":)" + (slides ? "true}" : "false}");
  }
  known_.is_shared = scene_.dice.one_in(2);
  if (known_.is_shared) params += R"(,"shared":true)";
  if (known_.is_shared && scene_.dice.one_in(2)) params += R"(,"exclusive":true)";
  if (scene_.dice.one_in(3)) params += R"(,"keys":{"a":{"n":1},"c":[]})";
  known_.tag = std::string(1, letter_) + '-' + std::to_string(tags_++);
  params += R"(,"tags":[")" + known_.tag + "\"]}";
  return {.number = scene_.next_number++, .command = "SH_NEW", .params = params};
}

std::string Client::draw_tags() {
  switch (scene_.dice.roll(4)) {
    case 0:
      return R"("add":["a","b"])";
    case 1:
      return R"("rmv":["b"])";
    case 2:
      return R"("rmv":[")" + known_.tag + R"("],"add":["c"])";
    default:
      return R"("add":[")" + known_.tag + "\"]";
  }
}

// A search over an engine that keeps the sessions elsewhere may see changes that are not kept yet.
bool Client::may_search() const { return !scene_.is_remote || known_.pending.empty(); }

Request Client::draw_tagged(const std::string& tkn) {
  switch (scene_.dice.roll(8)) {
    case 0:
    case 1:
    case 2: {
      const auto lives = [this](const std::string& token) {
        return known_.model.keys(token) != nullptr;
      };
      const auto live = std::count_if(known_.more.begin(), known_.more.end(), lives);
      if (static_cast<std::size_t>(live) < kMoreMost && !is_pending("SH_NEW")) return draw_more();
      break;
    }
    case 3:
    case 4:
    case 5:
      if (may_search()) return draw_find();
      break;
    default: {
      // There a request that takes a session or its tag away may be refused after the search.
      static constexpr std::array<const char*, 3> kUnclear{"SH_NEW", "SH_TAG", "SH_END"};
      const bool is_unclear = std::any_of(kUnclear.begin(), kUnclear.end(),
                                          [this](const char* one) { return is_pending(one); });
      if (!scene_.is_remote || !is_unclear) return draw_end_tag();
    }
  }
  return draw_change(tkn);
}

Request Client::draw_more() {
  const std::uint64_t number = scene_.next_number++;
  return {.number = number,
          .command = "SH_NEW",
          .params = R"({"name":"more","keys":{"b":)" + std::to_string(number) +
                    R"(},"tags":["more",")" + known_.tag + "\"]}",
          .is_more = true};
}

Request Client::draw_find() {
  static constexpr std::array<std::string_view, 4> kMore{
      "", R"(,"limit":0)", R"(,"keys":["a","b"])", R"(,"limit":1000,"keys":["b","none"])"};
  return {.number = scene_.next_number++,
          .command = "SH_FIND",
          .params = R"({"tag":")" + known_.tag + '"' + std::string(scene_.dice.pick(kMore)) + '}'};
}

Request Client::draw_end_tag() {
  // Whether a token that is being rotated is still excepted is not known there.
  const bool may_except = !scene_.is_remote || !is_pending("SH_ROTATE");
  const bool may_end = !may_except || scene_.dice.one_in(4);
  std::string except = may_end ? "" : R"(,"except":")" + known_.token + '"';
  if (!may_end && scene_.dice.one_in(2)) except = R"(,"except":["1",")" + known_.token + "\"]";
  return {.number = scene_.next_number++,
          .command = "SH_END_TAG",
          .params = R"({"tag":")" + known_.tag + '"' + except + '}',
          .may_end = may_end};
}

void Client::note_over() {
  known_.is_over = true;
  (void)known_.model.run("SH_END", *parse_json(R"({"tkn":")" + known_.token + "\"}"));
}

// May an answer tell that the session is gone? An end by the tag does not wait for requests under
// way there.
bool Client::may_be_ended() const {
  return scene_.is_remote && std::any_of(known_.pending.begin(), known_.pending.end(),
                                         [](const Request& later) { return later.may_end; });
}

void Client::take_new(const Request& request, const Json& answer) {
  const std::string token = answer.members.at(0).second.find("tkn")->text;
  known_.model.learn_token(token);
  if (request.is_more) {
    known_.more.push_back(token);
  } else {
    known_.token = token;
    known_.lifetime.begin(request.sent_ms, scene_.clock.now_ms());
  }
}

// A session that expires during the search may be counted and not given.
void Client::compare_found(const Request& request, Json answer) {
  Json& content = answer.members.at(0).second;
  const Json params = *parse_json(request.params);
  const auto told = [&] { return *parse_json(*known_.model.run("SH_FIND", params)); };
  const Json* const limit = params.find("limit");
  const bool only_counts = limit != nullptr && limit->text == "0";
  const Json* const given = content.find("sessions");
  if (given == nullptr) return expect(request, to_text(told()), answer);
  const bool is_given = lists(*given, known_.token);
  const bool may_be_gone = lists(*told().find("sessions"), known_.token) && !is_given &&
                           known_.lifetime.may_be_over(scene_.clock.now_ms());
  if (is_given && !known_.lifetime.may_live(request.sent_ms)) {
    return scene_.fail("a session that had expired is found: " + known_.token);
  }
  std::uint64_t most = number_of(told(), "cnt");
  const std::uint64_t least = most - (may_be_gone ? 1 : 0);
  if (may_be_gone && !only_counts) {
    ++scene_.expired;
    note_over();
  }
  Json wanted = told();
  const std::uint64_t count = number_of(content, "cnt");
  if (count < least || count > most) {
    return scene_.fail("SH_FIND counts " + std::to_string(count) + " of " + to_text(wanted));
  }
  scene_.found += given->items.size();
  for (auto& [name, value] : wanted.members) {
    if (name.text == "cnt") value.text = std::to_string(count);
    if (only_counts) value.items.clear();
    if (name.text == "sessions") hide_times(value);
    sort_by_token(value);
  }
  for (auto& [name, value] : content.members) sort_by_token(value);
  expect(request, to_text(wanted), answer);
}

// The client's session may have expired before, or have been counted before an answer told its end.
void Client::compare_ended(const Request& request, const Json& answer) {
  const bool was_live = known_.model.keys(known_.token) != nullptr;
  const Json told = *parse_json(*known_.model.run("SH_END_TAG", *parse_json(request.params)));
  const bool is_ended = was_live && known_.model.keys(known_.token) == nullptr;
  std::uint64_t least = number_of(told, "cnt");
  std::uint64_t most = least;
  if (is_ended && known_.lifetime.may_be_over(scene_.clock.now_ms())) --least;
  if (is_ended && !known_.lifetime.may_live(request.sent_ms)) --most;
  if (known_.ended_early) ++most;
  known_.ended_early = false;
  known_.is_over = known_.is_over || is_ended;
  const std::uint64_t count = number_of(answer.members.at(0).second, "cnt");
  scene_.ended += count;
  expect(request, R"({"st":1,"cnt":"{{*}}"})", answer);
  if (count >= least && count <= most) return;
  scene_.fail("SH_END_TAG ended " + std::to_string(count) + " sessions, and not " +
              std::to_string(least) + " to " + std::to_string(most));
}

}  // namespace seshdb::testing
