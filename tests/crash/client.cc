// Random requests, and what each changes in the client's expectation. client_verify.cc asks the
// server afterwards.
#include "crash/client.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "support/oracle.h"

namespace seshdb::testing {

namespace {

constexpr std::size_t kShared = 3;
constexpr std::size_t kGroups = 3;
constexpr std::size_t kSessions = 8;
constexpr std::ptrdiff_t kBriefMost = 10;
constexpr std::size_t kBatchMost = 24;

std::string quoted_token(const Session& session) { return R"("tkn":")" + session.token + '"'; }

}  // namespace

CrashClient::CrashClient(std::uint64_t seed, std::size_t number)
    : dice_(seed + number), tag_("client " + std::to_string(number) + " session ") {
  for (std::size_t i = 0; i < kShared; ++i) {
    sessions_.emplace_back().name = "client " + std::to_string(number) + ' ' + std::to_string(i);
  }
  for (std::size_t i = 0; i < kGroups; ++i) {
    groups_.push_back("client " + std::to_string(number) + " group " + std::to_string(i));
  }
}

std::string CrashClient::run(std::uint16_t port, const std::function<bool(std::size_t)>& more) {
  std::string wrong;
  try {
    WebSocketClient client(port);
    for (std::size_t answers = 0; wrong.empty() && more(std::exchange(answers, 0));) {
      std::string frames;
      for (std::size_t n = 1 + dice_.roll(kBatchMost); n != 0; --n) send_one(frames);
      // It has always an answer, which tells that all requests before it are done.
      put("KV_COUNT", nullptr, R"("tkn":"1")", frames, {});
      if (!client.send(frames)) break;
      while (wrong.empty() && !pending_.empty()) {
        const auto frame = client.read_frame();
        if (!frame || frame->opcode != 1) break;
        wrong = take(frame->payload);
        ++answers;
      }
      if (!pending_.empty()) break;
    }
  } catch (const std::runtime_error& error) {
    // The server was killed before it accepted the connection, or in the middle of a frame.
    if (std::string_view(error.what()).find("in time") != std::string_view::npos) {
      wrong = error.what();
    }
  }
  give_up();
  return wrong;
}

// A request without an answer may have been done or not.
void CrashClient::give_up() {
  for (const Pending& pending : pending_) {
    if (pending.session == nullptr && pending.made.live) ++unknown_;
  }
  pending_.clear();
  new_brief_.clear();
}

void CrashClient::put(std::string_view command, Session* session, const std::string& params,
                      std::string& frames, const Session::Effect& effect, bool quiet) {
  const std::uint64_t rid = ++rid_;
  frames += make_frame("{\"" + std::string(command) + "\":{" + params + R"(,"rid":)" +
                       std::to_string(rid) + "}}");
  if (session != nullptr) {
    session->sent([&](State& state) {
      effect(state);
      const bool slides = command.substr(0, 3) == "KV_" && state.live && state.sliding;
      if (slides) state.restart_clock(unix_now_ms());
    });
  }
  pending_.push_back({.session = session, .rid = rid, .quiet = quiet, .made = {}, .brief = false});
}

// An answer tells that its request and all before it are done.
std::string CrashClient::take(const std::string& answer) {
  const std::size_t at = answer.rfind(R"("rid":)");
  if (at == std::string::npos) return "an answer without rid: " + answer.substr(0, 500);
  const std::uint64_t rid = std::stoull(answer.substr(at + 6));
  for (const std::string_view refused : {R"("st":200,)", R"("st":201,)", R"("st":202,)"}) {
    if (answer.find(refused) != std::string::npos) return "refused: " + answer.substr(0, 500);
  }
  while (!pending_.empty()) {
    const Pending pending = std::move(pending_.front());
    pending_.pop_front();
    if (pending.rid != rid && !pending.quiet) {
      return "an answer out of its turn: " + answer.substr(0, 500);
    }
    done(pending, pending.rid == rid ? answer : "");
    if (pending.rid != rid) continue;
    return pending.ends_group ? wrong_count(pending, answer) : "";
  }
  return "an answer nobody asked for: " + answer.substr(0, 500);
}

void CrashClient::done(const Pending& pending, const std::string& answer) {
  const std::int64_t now_ms = unix_now_ms();
  for (Session* const session : pending.ended) session->done(now_ms);
  if (pending.session != nullptr) {
    pending.session->done(now_ms);
    pending.session->uncertain =
        pending.session->brief && now_ms >= pending.session->newest().deadline_least_ms;
    if (pending.session->shared() && answer.find("SH_NEW_RSP") != std::string::npos) {
      pending.session->token = token_of(answer);
      pending.session->rotating = false;
    }
    if (answer.find("SH_ROTATE_RSP") != std::string::npos) {
      ended_.push_back(std::exchange(pending.session->token, token_of(answer)));
      pending.session->rotating = false;
    }
  } else if (pending.made.live) {
    Session& session = sessions_.emplace_back();
    session.token = token_of(answer);
    session.tag = pending.tag;
    session.brief = pending.brief;
    session.sent([&](State& state) { state = pending.made; });
    session.done(now_ms);
    if (session.brief) new_brief_.push_back(&session);
  }
}

void CrashClient::send_one(std::string& frames) {
  std::vector<Session*> usable;
  for (Session& session : sessions_) {
    if (session.rotating) continue;
    if (!session.brief && (session.shared() || session.newest().live)) usable.push_back(&session);
  }
  if (!new_brief_.empty()) {
    Session& session = *new_brief_.back();
    new_brief_.pop_back();
    const Json json = *parse_json("[1]");
    put("KV_SET", &session, quoted_token(session) + R"(,"keys":{"k":[1]})", frames,
        [&](State& state) { state.keys["k"] = json; });
    return;
  }
  if (usable.empty() || dice_.one_in(usable.size() < kSessions ? 6 : 300)) {
    make(frames);
    return;
  }
  Session& session = *dice_.pick(usable);
  if (!session.newest().live || session.token.empty()) {
    make_shared_one(session, frames);
  } else {
    change(session, frames);
  }
}

std::string CrashClient::expiry(State& state, bool brief) {
  if (!brief && dice_.one_in(2)) {
    state.set_expiry(0, true, false, unix_now_ms());
    return "";
  }
  const auto seconds =
      static_cast<std::uint32_t>(brief ? 1 + dice_.roll(3) : dice_.roll(3) * 9'999);
  const bool deletes = dice_.one_in(2);
  const bool slides = !brief && dice_.one_in(2);
  state.set_expiry(seconds, deletes, slides, unix_now_ms());
  return R"("expiry":{"duration":)" + std::to_string(seconds) + R"(,"deleteSession":)" +
         (deletes ? "true" : "false") + R"(,"sliding":)" + (slides ? "true}" : "false}");
}

void CrashClient::make(std::string& frames) {
  const auto briefs = std::count_if(sessions_.begin(), sessions_.end(),
                                    [](const Session& session) { return session.brief; });
  const bool brief = briefs < kBriefMost && dice_.one_in(4);
  State made;
  made.live = true;
  const std::string settings = expiry(made, brief);
  const std::string tag = tag_ + std::to_string(rid_);
  put("SH_NEW", nullptr,
      R"("name":"a","tags":[)" + json_string(tag) + ']' + (settings.empty() ? "" : "," + settings),
      frames, {});
  pending_.back().made = std::move(made);
  pending_.back().tag = tag;
  pending_.back().brief = brief;
}

// It may get another token than before, as by a rotation.
void CrashClient::make_shared_one(Session& session, std::string& frames) {
  State made;
  made.live = true;
  const std::string settings = expiry(made, false);
  put("SH_NEW", &session,
      R"("shared":true,"name":)" + json_string(session.name) +
          (settings.empty() ? "" : "," + settings),
      frames, [&](State& state) {
        if (!state.live) state = made;
      });
  session.rotating = true;
}

void CrashClient::change(Session& session, std::string& frames) {
  if (dice_.one_in(60)) {
    put("SH_END", &session, quoted_token(session), frames, [](State& state) { state = State{}; });
  } else if (dice_.one_in(25)) {
    settings(session, frames);
  } else if (!session.shared() && dice_.one_in(25)) {
    rotate(session, frames);
  } else if (dice_.one_in(20)) {
    tag(session, frames);
  } else if (dice_.one_in(80)) {
    end_group(frames);
  } else if (dice_.one_in(6)) {
    patch(session, frames);
  } else if (dice_.one_in(3) && !session.newest().keys.empty()) {
    change_value(session, frames);
  } else {
    change_keys(session, frames);
  }
}

void CrashClient::settings(Session& session, std::string& frames) {
  if (dice_.one_in(2)) {
    put("SH_TOUCH", &session, quoted_token(session), frames, [](State& state) {
      if (state.live) state.restart_clock(unix_now_ms());
    });
    return;
  }
  State other;
  const std::string text = expiry(other, false);
  if (text.empty()) return;
  put("SH_TOUCH", &session, quoted_token(session) + ',' + text, frames, [&](State& state) {
    if (state.live) {
      state.set_expiry(other.duration_s, other.delete_session, other.sliding, unix_now_ms());
    }
  });
}

std::string CrashClient::key() { return "k" + std::to_string(dice_.roll(7)); }

std::string CrashClient::value() {
  if (!dice_.one_in(30)) return random_json(dice_, 3);
  return '"' + std::string(dice_.roll(30'000), static_cast<char>('a' + dice_.roll(26))) + '"';
}

std::string CrashClient::key_values(std::map<std::string, Json>& to) {
  for (std::size_t n = 1 + dice_.roll(3); n != 0; --n) to[key()] = *parse_json(value());
  std::string members;
  for (const auto& [name, json] : to) {
    members += (members.empty() ? "" : ",") + json_string(name) + ':' + to_text(json);
  }
  return R"("keys":{)" + members + '}';
}

void CrashClient::change_keys(Session& session, std::string& frames) {
  static constexpr std::array<std::string_view, 12> kCommands = {
      "KV_SET",    "KV_SET",    "KV_SETQ",      "KV_SETQ",  "KV_ADD", "KV_ADDQ",
      "KV_APPEND", "KV_APPEND", "KV_CLEAR_SET", "KV_CLEAR", "KV_RMV", "refused"};
  const std::string_view command = dice_.pick(kCommands);
  const std::string tkn = quoted_token(session) + ',';
  if (command == "KV_CLEAR") {
    if (!dice_.one_in(4)) return;
    put(command, &session, quoted_token(session), frames, [](State& state) { state.keys.clear(); });
    return;
  }
  if (command == "KV_RMV") {
    const std::string name = key();
    put(command, &session, tkn + R"("keys":[")" + name + "\"]", frames,
        [&](State& state) { state.keys.erase(name); });
    return;
  }
  std::map<std::string, Json> given;
  std::string keys = key_values(given);
  if (command == "refused") {  // one name is too long: no key is set
    keys.insert(keys.size() - 1, ",\"" + std::string(1'025, 'x') + "\":1");
    put("KV_SET", &session, tkn + keys, frames, [](State&) {});
    return;
  }
  const bool adds = command.substr(0, 6) == "KV_ADD";
  put(
      command, &session, tkn + keys, frames,
      [&](State& state) {
        if (command == "KV_CLEAR_SET") state.keys.clear();
        for (const auto& [name, json] : given) {
          const auto old = state.keys.find(name);
          if (command == "KV_APPEND") {
            if (old != state.keys.end()) (void)append_to(old->second, json);
          } else if (!adds || old == state.keys.end()) {
            state.keys[name] = json;
          }
        }
        if (!state.live) state = State{};
      },
      command == "KV_SETQ" || command == "KV_ADDQ");
}

// KV_UPDATE of one or two places; where one does not exist, nothing changes.
void CrashClient::change_value(Session& session, std::string& frames) {
  const auto& keys = session.newest().keys;
  const auto chosen = std::next(keys.begin(), static_cast<std::ptrdiff_t>(dice_.roll(keys.size())));
  const std::string name = chosen->first;
  if (name == "count") return;  // stays a number, for patch()
  Json changed = chosen->second;
  const std::string before = to_text(changed);
  std::map<std::string, std::string> edits;
  for (std::size_t n = 1 + dice_.roll(2); n != 0; --n) {
    edits[random_pointer(dice_, before)] = random_json(dice_, 2);
  }
  std::string members;
  bool all = true;
  for (const auto& [pointer, text] : edits) {
    members += ',' + json_string(pointer) + ':' + text;
    Json* const target = all ? select(changed, pointer) : nullptr;
    all = target != nullptr;
    if (all) *target = *parse_json(text);
  }
  put("KV_UPDATE", &session, quoted_token(session) + R"(,"key":")" + name + '"' + members, frames,
      [&](State& state) {
        if (all) state.keys[name] = changed;
      });
}

// A value and a counter, both or none.
void CrashClient::patch(Session& session, std::string& frames) {
  const std::string name = key();
  const Json given = *parse_json(value());
  put("KV_PATCH", &session,
      quoted_token(session) + R"(,"ops":[{"op":"set","path":"/)" + name + R"(","value":)" +
          to_text(given) + R"(},{"op":"inc","path":"/count","value":1}])",
      frames, [&](State& state) {
        if (!state.live) return;
        Json& count = state.keys.try_emplace("count", *parse_json("0")).first->second;
        count.text = std::to_string(std::stoull(count.text) + 1);
        state.keys[name] = given;
      });
}

// The next request about the session needs the new token.
void CrashClient::rotate(Session& session, std::string& frames) {
  put("SH_ROTATE", &session, quoted_token(session), frames, [](State&) {});
  session.rotating = true;
}

}  // namespace seshdb::testing
