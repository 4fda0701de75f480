// Random requests, and the checks of their answers.
#include "simulation/client.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "support/conformance.h"
#include "support/server_frame.h"
#include "support/socket_client.h"

namespace seshdb::testing {

namespace {

constexpr std::size_t kPendingMost = 8;
constexpr std::size_t kValueBytesMost = 300;

std::string random_value(Dice& dice, std::uint64_t number) {
  if (dice.one_in(4)) {
    std::string value = random_json(dice, 3);
    if (value.size() <= kValueBytesMost) return value;
  }
  return json_string(std::string(dice.roll(40), 'x') + std::to_string(number));
}

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
  for (const Request& request : known_.pending) unknown_ += request.to_all ? 1 : 0;
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

// A shared session gets the same token again: the new one must have nothing of the old one.
void Client::ask() {
  if (scene_.is_stopping || known_.pending.size() >= kPendingMost) return;
  const bool has_expired = !known_.token.empty() && known_.pending.empty() &&
                           !known_.lifetime.may_live(scene_.clock.now_ms());
  if (known_.is_over || (has_expired && scene_.dice.one_in(2))) {
    if (known_.pending.empty()) begin_anew();
    return;
  }
  if (line_ == nullptr) connect();
  if (!known_.token.empty()) {
    send(draw());
  } else if (!std::exchange(is_asked_for_, true)) {
    std::string expiry;
    known_.lifetime = {};
    if (scene_.dice.one_in(2)) {
      const std::uint64_t duration_s = 1 + scene_.dice.roll(4);
      const bool slides = scene_.dice.one_in(2);
      known_.lifetime = Lifetime(duration_s * 1'000, slides);
      expiry = R"(,"expiry":{"deleteSession":true,"duration":)" + std::to_string(duration_s) +
               R"(,"sliding":)" + (slides ? "true}" : "false}");
    }
    known_.is_shared = scene_.dice.one_in(2);
    const std::string shared = known_.is_shared ? R"(,"shared":true)" : "";
    send({.number = scene_.next_number++,
          .command = "SH_NEW",
          .params = R"({"name":")" + std::string(1, letter_) + std::to_string(names_) + '"' +
                    shared + expiry + '}'});
  }
}

void Client::ask_for_all() {
  if (line_ == nullptr || known_.token.empty()) return;
  send({.number = scene_.next_number++,
        .command = "KV_GET",
        .params = R"({"tkn":")" + known_.token + R"(","keys":["a","b","c"]})"});
}

bool Client::is_pending(const std::string& command) const {
  return std::any_of(known_.pending.begin(), known_.pending.end(),
                     [&](const Request& request) { return request.command == command; });
}

Request Client::draw() {
  const std::string tkn = R"("tkn":")" + known_.token + '"';
  switch (scene_.dice.roll(10)) {
    case 0:
      return {
          .number = scene_.next_number++,
          .command = "KV_APPEND",
          .params = R"({"tkn":")" + scene_.shared_token + R"(","keys":{"all":")" + letter_ + "\"}}",
          .to_all = true};
    case 1:
      if (scene_.dice.one_in(8)) {
        return {.number = scene_.next_number++, .command = "SH_INFO_ALL", .params = "{}"};
      }
      // All cores search the session at the same time: the answer is known unless something ends
      // it.
      if (scene_.dice.one_in(3) && !is_pending("SH_END")) {
        return {.number = scene_.next_number++,
                .command = "SH_EXISTS",
                .params = R"({"tkns":[")" + known_.token + "\"]}"};
      }
      if (scene_.dice.one_in(8) && !is_pending("SH_EXISTS")) {
        return {.number = scene_.next_number++, .command = "SH_END", .params = '{' + tkn + '}'};
      }
      return draw_change(tkn);
    case 2:
    case 3:
      return {.number = scene_.next_number++,
              .command = "KV_GET",
              .params = '{' + tkn + R"(,"keys":["a","b","c"]})"};
    default:
      return draw_change(tkn);
  }
}

Request Client::draw_change(const std::string& tkn) {
  static constexpr std::array<std::string_view, 3> kKeys{"\"a\"", "\"b\"", "\"c\""};
  const std::string key(scene_.dice.pick(kKeys));
  const std::uint64_t number = scene_.next_number++;
  const std::string value = random_value(scene_.dice, number);
  switch (scene_.dice.roll(6)) {
    case 0:
    case 1:
      return {.number = number,
              .command = "KV_APPEND",
              .params = '{' + tkn + R"(,"keys":{)" + key + ":\"+\"}}"};
    case 2:
      return {.number = number,
              .command = "KV_UPDATE",
              .params = '{' + tkn + R"(,"key":)" + key + ",\"\":" + value + '}'};
    case 3:
      return {
          .number = number, .command = "KV_RMV", .params = '{' + tkn + R"(,"keys":[)" + key + "]}"};
    default:
      return {.number = number,
              .command = scene_.dice.one_in(3) ? "KV_ADD" : "KV_SET",
              .params = '{' + tkn + R"(,"keys":{)" + key + ':' + value + "}}"};
  }
}

void Client::send(Request request) {
  const std::string rid = R"("rid":")" + std::to_string(request.number) + '"';
  std::string params = request.params;
  params.insert(params.size() - 1, (params.size() == 2 ? "" : ",") + rid);
  unsent_ += make_frame("{\"" + request.command + "\":" + params + '}');
  request.sent_ms = scene_.clock.now_ms();
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
  if (!scene_.may_disconnect && !scene_.is_stopping) scene_.fail("a client was disconnected");
  if (!scene_.may_disconnect && !known_.pending.empty()) {
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
  const std::uint64_t now_ms = scene_.clock.now_ms();
  if (scene_.may_refuse && (st == "209" || st == "202" || st == "201")) {  // it was not done
    ++scene_.refused;
    known_.lifetime.use(request.sent_ms, now_ms, false);
    if (request.command == "SH_NEW") is_asked_for_ = false;
    return;
  }
  if (request.to_all) {
    ++appended_;
    return expect(request, R"({"tkn":")" + scene_.shared_token + R"(","keys":{"all":1}})", answer);
  }
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
  compare_with_model(request, answer, st == "100");
}

// The model has no expiry: it takes the end of a session from the answers, and later answers must
// agree.
void Client::compare_with_model(const Request& request, const Json& answer, bool is_over) {
  const std::uint64_t now_ms = scene_.clock.now_ms();
  if (is_over && !known_.is_over && known_.lifetime.may_be_over(now_ms)) {
    known_.is_over = true;
    ++scene_.expired;
    (void)known_.model.run("SH_END", *parse_json(R"({"tkn":")" + known_.token + "\"}"));
  }
  const std::optional<std::string> told =
      known_.model.run(request.command, *parse_json(request.params));
  if (!told) return scene_.fail("an answer to " + request.command);
  expect(request, *told, answer);
  if (request.command == "SH_NEW") {
    known_.token = answer.members.at(0).second.find("tkn")->text;
    known_.model.learn_token(known_.token);
    known_.lifetime.begin(request.sent_ms, now_ms);
    return;
  }
  if (!known_.is_over && !known_.lifetime.may_live(request.sent_ms)) {
    scene_.fail(request.command + ' ' + std::to_string(request.number) +
                " found a session that had expired");
  }
  known_.lifetime.use(request.sent_ms, now_ms, true);
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

std::string Client::wrong_with_all(std::string_view value) const {
  const std::uint64_t count = count_of(letter_, value);
  std::uint64_t most = appended_ + unknown_;
  for (const Request& request : known_.pending) most += request.to_all ? 1 : 0;
  if (count >= appended_ && count <= most) return "";
  return std::to_string(count) + " letters of a client that was answered " +
         std::to_string(appended_) + " and may have " + std::to_string(most);
}

}  // namespace seshdb::testing
