// Whole requests through the envelope and the commands. Each request gets an answer that is valid
// JSON of the documented form (except a quiet success), and the next request is served.
// Input: requests, one per line; `@` stands for a live session's token; `+` moves the clock.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/utf8.h"
#include "fuzz/expect.h"
#include "support/json_tree.h"
#include "support/local_target.h"

namespace seshdb::testing {

namespace {

constexpr std::size_t kRequestsMax = 64;

std::string with_token(std::string_view line, std::string_view token) {
  std::string request;
  for (const char c : line) {
    if (c == '@') {
      request += token;
    } else {
      request += c;
    }
  }
  // The network passes only UTF-8. Other bytes are replaced here, so that the rest is still used.
  if (!is_utf8(request)) {
    for (char& c : request) {
      if (static_cast<unsigned char>(c) >= 0x80) c = '?';
    }
  }
  return request;
}

// No object of an answer has a name twice.
void expect_distinct_names(const Json& json) {
  std::set<std::string> names;
  for (const auto& [name, value] : json.members) {
    expect(names.insert(name.decoded()).second, "a name stands once in an object", name.text);
    expect_distinct_names(value);
  }
  for (const Json& item : json.items) {
    expect_distinct_names(item);
  }
}

std::uint32_t depth_of(const Json& json) {
  std::uint32_t inside = 0;
  for (const auto& [name, value] : json.members) inside = std::max(inside, depth_of(value));
  for (const Json& item : json.items) inside = std::max(inside, depth_of(item));
  return json.is_object() || json.kind == Json::Kind::kArray ? inside + 1 : 0;
}

// The `st` of the protocol's `ERR` for a text without exactly one command; 0 for other texts.
unsigned fault_of(std::string_view request) {
  const std::optional<Json> json = parse_json(request);
  if (!json || depth_of(*json) > limits::kDepthDefault) return 3;
  if (!json->is_object() || json->members.empty()) return 13;
  return json->members.size() > 1 ? 11 : 0;
}

bool may_be_silent(std::string_view request) {
  const std::optional<Json> json = parse_json(request);
  if (!json || json->members.size() != 1) return false;
  const std::string name = json->members.front().first.decoded();
  return name == "KV_SETQ" || name == "KV_ADDQ";
}

// Sends a request, and splits the one member of its answer into name and value.
Json ask(LocalTarget& target, const std::string& request) {
  const std::optional<std::string> answer = target.send(request);
  if (!answer) {
    expect(may_be_silent(request), "a request is answered", {}, request);
    return {};
  }
  const std::optional<Json> json = parse_json(*answer);
  expect(json.has_value() && json->is_object() && json->members.size() == 1,
         "an answer is an object with one member", *answer, request);
  const auto& [name, value] = json->members.front();
  const bool named = name.text == "ERR" || (name.text.ends_with("_RSP"));
  expect(named && value.is_object(), "an answer bears its command's name", *answer, request);
  expect_distinct_names(*json);
  const unsigned fault = fault_of(request);
  const Json* const status = value.find("st");
  if (fault != 0) {
    expect(name.text == "ERR" && status != nullptr && status->text == std::to_string(fault),
           "a text that is no request gets its fault", *answer, request);
  } else if (name.text == "ERR") {
    expect(status != nullptr && status->text == "10", "ERR for a long name only", *answer, request);
  }
  return value;
}

std::string new_session(LocalTarget& target) {
  const Json answer = ask(target, R"({"SH_NEW":{"name":"n"}})");
  const Json* const token = answer.find("tkn");
  expect(token != nullptr && token->is_string(), "SH_NEW gives a token", to_text(answer));
  return token->text;
}

void expect_served(LocalTarget& target) {
  const std::string token = new_session(target);
  const std::string start = R"(":{"tkn":")" + token + R"(","keys":)";
  Json answer = ask(target, "{\"KV_SET" + start + R"({"k":[1.50]}}})");
  expect(to_text(answer) == R"({"tkn":")" + token + R"(","keys":{"k":20}})", "KV_SET serves on",
         to_text(answer));
  answer = ask(target, "{\"KV_GET" + start + R"(["k"]}})");
  expect(to_text(answer) == R"({"tkn":")" + token + R"(","keys":{"k":[1.50]}})", "KV_GET serves on",
         to_text(answer));
}

}  // namespace

}  // namespace seshdb::testing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
  using namespace seshdb::testing;
  const std::string input(data, data + bytes);
  Steering steering(input);
  LocalTarget target(2);
  const std::string token = new_session(target);
  for (std::size_t i = 0; i < kRequestsMax && !steering.done(); ++i) {
    const std::string_view line = steering.until('\n');
    if (line.starts_with('+')) {
      target.advance_ms(line.size() * 500);
    } else {
      (void)ask(target, with_token(line, token));
    }
  }
  expect_served(target);
  return 0;
}
