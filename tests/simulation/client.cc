// Connections, and the checks of answers.
#include "simulation/client.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "support/conformance.h"
#include "support/server_frame.h"
#include "support/socket_client.h"

namespace seshdb::testing {

namespace {

constexpr std::size_t kPendingMost = 8;

// FNV-1a.
std::uint64_t add_to_digest(std::uint64_t digest, std::string_view text) {
  for (const char letter : text) {
    digest = (digest ^ static_cast<unsigned char>(letter)) * 0x100000001B3U;
  }
  return digest;
}

std::string status_of(const Json& answer) {
  const Json* const status = answer.members.at(0).second.find("st");
  return status == nullptr ? "" : status->text;
}

}  // namespace

void Client::connect() {
  Scene& scene = scene_;
  line_ = scene.server.connect(static_cast<std::uint32_t>(scene.dice.roll(scene.server.cores())));
  line_->on_write = [this, line = line_.get()] {
    if (line == line_.get() && scene_.on_write) scene_.on_write(*this);
  };
  unsent_ = std::string(kUpgrade) + "\r\n";
  received_.clear();
  is_upgraded_ = false;
}

// It is not known which of its requests run.
void Client::disconnect() {
  if (line_ == nullptr) return;
  line_->is_broken = true;
  line_ = nullptr;
  for (const Request& request : known_.pending) {
    if (request.to_all) ++shares_[request.command].unknown;
  }
  revision_ = "0";
  begin_anew();
  ++names_;  // the last name may have a session or not
  known_.former_token.clear();
}

void Client::begin_anew() {
  scene_.former.push_back(std::exchange(known_, {}));
  const auto& former = scene_.former.back();
  known_.former_token = former.is_shared ? former.token : former.former_token;
  is_asked_for_ = false;
}

// A shared session gets the same token again, or its lower half: the new one must have nothing of
// the old one.
void Client::ask() {
  if (scene_.is_stopping || known_.pending.size() >= kPendingMost) return;
  const bool has_expired = !known_.token.empty() && known_.pending.empty() &&
                           !known_.lifetime.may_live(scene_.clock.now_ms());
  if (known_.is_over || (has_expired && scene_.dice.one_in(2))) {
    if (!known_.pending.empty()) return;
    // Nothing of it is found, nor of those that ended with it.
    if (line_ != nullptr && scene_.dice.one_in(2)) return send(draw_find());
    begin_anew();
    return;
  }
  if (line_ == nullptr) connect();
  if (!known_.token.empty()) {
    send(draw());
  } else if (!std::exchange(is_asked_for_, true)) {
    send(draw_new());
  }
}

void Client::ask_for_all() {
  if (line_ == nullptr || known_.token.empty() || is_pending("SH_ROTATE")) return;
  send({.number = scene_.next_number++,
        .command = "KV_GET",
        .params = R"({"tkn":")" + known_.token + R"(","keys":["a","b","c"]})"});
}

bool Client::is_pending(const std::string& command) const {
  return std::any_of(known_.pending.begin(), known_.pending.end(),
                     [&](const Request& request) { return request.command == command; });
}

void Client::send(Request request) {
  const std::string rid = R"("rid":")" + std::to_string(request.number) + '"';
  std::string params = request.params;
  params.insert(params.size() - 1, (params.size() == 2 ? "" : ",") + rid);
  unsent_ += make_frame("{\"" + request.command + "\":" + params + '}');
  request.sent_ms = scene_.clock.now_ms();
  request.token = known_.token;
  known_.pending.push_back(std::move(request));
}

void Client::deliver(std::size_t bytes_most) {
  if (line_ == nullptr) return;
  const std::size_t bytes = std::min(bytes_most, unsent_.size());
  line_->to_server += unsent_.substr(0, bytes);
  unsent_.erase(0, bytes);
}

void Client::set_pace(std::size_t write_room, std::size_t read_most) {
  if (line_ == nullptr) return;
  line_->write_room = write_room;
  line_->read_most = read_most;
}

void Client::receive() {
  if (line_ == nullptr) return;
  received_ += std::exchange(line_->to_client, {});
  const std::size_t head = is_upgraded_ ? 0 : received_.find("\r\n\r\n");
  if (!is_upgraded_ && head != std::string::npos) {
    received_.erase(0, head + 4);
    is_upgraded_ = true;
  }
  while (scene_.wrong.empty() && is_upgraded_) {
    const std::optional<ServerFrame> frame = take_frame(received_);
    if (!frame) break;
    if (frame->opcode == 1) take_answer(frame->payload);
  }
  if (!line_->is_closed) return;
  // A core whose disk is full ends no session, while others have.
  const bool may_be_lost = scene_.may_refuse && is_pending("SH_END_TAG");
  const bool may_disconnect = scene_.may_disconnect || may_be_lost;
  if (!may_disconnect && !scene_.is_stopping) scene_.fail("a client was disconnected");
  if (!may_disconnect && !known_.pending.empty()) {
    scene_.fail("a request that had arrived has no answer");
  }
  disconnect();
}

void Client::take_answer(const std::string& text) {
  ++scene_.answers;
  scene_.digest = add_to_digest(scene_.digest, text);
  std::optional<Json> answer = parse_json(text);
  if (!answer || known_.pending.empty()) {
    return scene_.fail("an answer that nobody waits for: " + text);
  }
  const Request request = std::move(known_.pending.front());
  known_.pending.pop_front();
  Json& content = answer->members.at(0).second;
  const auto is_rid = [](const auto& member) { return member.first.text == "rid"; };
  const auto rid = std::find_if(content.members.begin(), content.members.end(), is_rid);
  if (rid == content.members.end() || rid->second.text != std::to_string(request.number)) {
    return scene_.fail("another answer than that to " + request.command + ' ' +
                       std::to_string(request.number) + ": " + text);
  }
  content.members.erase(rid);
  compare(request, *answer);
}

void Client::compare(const Request& request, const Json& answer) {
  const std::string st = status_of(answer);
  if (st == "50") ++scene_.stale;
  const std::uint64_t now_ms = scene_.clock.now_ms();
  if (scene_.may_refuse && (st == "209" || st == "202" || st == "201")) {  // it was not done
    ++scene_.refused;
    known_.lifetime.use(request.sent_ms, now_ms, false);
    if (request.command == "SH_NEW" && !request.is_more) is_asked_for_ = false;
    return;
  }
  if (request.to_all) return compare_to_all(request, answer, st == "50");
  if (request.command == "SH_INFO_ALL") {
    return expect(request, R"({"totalSessions":"{{*}}","totalKeys":"{{*}}"})", answer);
  }
  if (request.command == "SH_EXISTS") {
    const bool is_found = !answer.members.at(0).second.find("exist")->items.empty();
    const bool is_right = is_found ? known_.lifetime.may_live(request.sent_ms)
                                   : known_.is_over || known_.lifetime.may_be_over(now_ms);
    if (!is_right) scene_.fail(to_text(answer) + " is wrong about the session");
    return;
  }
  if (request.command == "SH_FIND") return compare_found(request, answer);
  if (request.command == "SH_END_TAG") return compare_ended(request, answer);
  compare_with_model(request, answer, st == "100");
}

// Revisions and the counter grow, whoever has changed the session. A conditional change that was
// made was based on the newest value, so no letter of another client is lost.
void Client::compare_to_all(const Request& request, const Json& answer, bool is_stale) {
  const std::string tkn = R"("tkn":")" + scene_.shared_token + '"';
  const Json& content = answer.members.at(0).second;
  const auto text_of = [](const Json* json) { return json == nullptr ? "0" : json->text; };
  const auto later_than = [](const std::string& number, bool or_equal) {
    return std::string("\"{{>") + (or_equal ? "=" : "") + number + "}}\"";
  };
  if (!is_stale) ++shares_[request.command].answered;
  if (!is_stale && request.command == "KV_SET") ++scene_.exchanged;
  if (request.command == "KV_APPEND") {
    expect(request, '{' + tkn + R"(,"keys":{"all":1}})", answer);
  } else if (request.command == "KV_PATCH") {
    expect(
        request,
        "{\"st\":1," + tkn + R"(,"rev":"{{*}}","out":{"0":)" + later_than(counted_, false) + "}}",
        answer);
    if (scene_.wrong.empty()) counted_ = content.find("out")->members[0].second.text;
  } else if (request.command == "KV_READ") {
    expect(request,
           "{\"st\":1," + tkn + ",\"rev\":" + later_than(revision_, true) +
               R"(,"values":{"/exchanged":"{{*}}"}})",
           answer);
    if (!scene_.wrong.empty()) return;
    revision_ = text_of(content.find("rev"));
    exchanged_ = content.find("values")->members[0].second.text;
  } else {
    const std::string wanted = text_of(parse_json(request.params)->find("ifRev"));
    const std::string rev = ",\"rev\":" + later_than(wanted, false) + '}';
    expect(request,
           is_stale ? "{\"st\":50," + tkn + R"(,"m":"ifRev")" + rev
                    : '{' + tkn + R"(,"keys":{"exchanged":21})" + rev,
           answer);
  }
}

// The model has no expiry: it takes the end of a session from the answers, and later answers must
// agree. Requests that follow a rotation have the former token, which is that of no session.
void Client::compare_with_model(const Request& request, const Json& answer, bool is_over) {
  const std::uint64_t now_ms = scene_.clock.now_ms();
  const bool is_former = request.token != known_.token;
  const bool may_have_expired = known_.lifetime.may_be_over(now_ms);
  if (is_over && !is_former && !known_.is_over && (may_have_expired || may_be_ended())) {
    known_.ended_early = may_be_ended();
    if (may_have_expired) ++scene_.expired;
    note_over();
  }
  const std::optional<std::string> told =
      known_.model.run(request.command, *parse_json(request.params));
  if (!told) return scene_.fail("an answer to " + request.command);
  expect(request, *told, answer);
  if (!scene_.wrong.empty()) return;
  known_.model.learn_revision(answer);
  if (request.command == "SH_NEW") return take_new(request, answer);
  if (is_former) return;
  if (!known_.is_over && !known_.lifetime.may_live(request.sent_ms)) {
    scene_.fail(request.command + ' ' + std::to_string(request.number) +
                " found a session that had expired");
  }
  if (request.command == "SH_ROTATE" && status_of(answer) == "1") {
    ++scene_.rotated;
    known_.rotated.push_back(known_.token);
    known_.token = answer.members.at(0).second.find("tkn")->text;
    known_.model.learn_token(known_.token);
  }
  if (request.command.starts_with("KV_")) known_.lifetime.use(request.sent_ms, now_ms, true);
  if (request.command == "SH_END") known_.is_over = true;
}

void Client::expect(const Request& request, const std::string& content, const Json& answer) {
  const Json wanted = *parse_json("{\"" + request.command + "_RSP\":" + content + '}');
  std::map<std::string, std::string> variables;
  const std::string fault = testing::mismatch(wanted, answer, variables, 0);
  if (!fault.empty()) {
    scene_.fail(request.command + ' ' + request.params + fault + "\n  answer: " + to_text(answer));
  }
}

Client::Share Client::share(const std::string& command) const {
  const auto found = shares_.find(command);
  Share share = found == shares_.end() ? Share() : found->second;
  for (const Request& request : known_.pending) {
    if (request.to_all && request.command == command) ++share.unknown;
  }
  return share;
}

std::string Client::wrong_with_letters(const std::string& command, std::string_view value) const {
  const std::uint64_t count = count_of(letter_, value);
  const Share sent = share(command);
  if (count >= sent.answered && count <= sent.answered + sent.unknown) return "";
  return std::to_string(count) + " letters by " + command + " of a client that was answered " +
         std::to_string(sent.answered) + " and has " + std::to_string(sent.unknown) +
         " unknown ones";
}

}  // namespace seshdb::testing
