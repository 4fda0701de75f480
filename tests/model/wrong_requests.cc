// Mostly one fault at a time, at both sides of each bound.
#include "model/wrong_requests.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

namespace seshdb::testing {

namespace {

using Names = std::vector<std::string>;

const std::map<std::string, Names, std::less<>>& names() {
  static const std::map<std::string, Names, std::less<>> kNames{
      {"SH_NEW", {"name", "shared", "expiry", "keys", "tags", "exclusive"}},
      {"SH_TAG", {"tkn", "name", "add", "rmv"}},
      {"SH_FIND", {"tag", "limit", "after", "keys"}},
      {"SH_END_TAG", {"tag", "except"}},
      {"SH_ROTATE", {"tkn", "name"}}};
  return kNames;
}

void set(Json& params, const std::string& name, const std::string& value) {
  std::erase_if(params.members, [&](const auto& member) { return member.first.decoded() == name; });
  params.members.emplace_back(*parse_json(json_string(name)), *parse_json(value));
}

}  // namespace

bool WrongRequests::are_for(std::string_view command) { return names().contains(command); }

std::string WrongRequests::odd() {
  static constexpr std::array<std::string_view, 22> kValues{
      "null",
      "true",
      "false",
      "0",
      "1",
      "1.5",
      "-1",
      R"("")",
      R"("a")",
      "[]",
      "[1]",
      "[null]",
      "{}",
      R"([""])",
      R"(["a",1])",
      R"(["a"])",
      R"([["a"]])",
      R"({"a":1})",
      R"("12")",
      "1e400",
      R"(["a","a"])",
      R"({"duration":5,"deleteSession":true,"more":1})"};
  return std::string(dice_.pick(kValues));
}

// A string that is decoded to so many bytes.
std::string WrongRequests::text_of(std::size_t bytes) {
  std::string text;
  if (dice_.one_in(3)) {
    for (std::size_t i = 0; i < bytes; ++i) text += R"(\u0061)";
  } else if (dice_.one_in(2)) {
    for (std::size_t i = 0; i < bytes / 2; ++i) text += "é";
    text += bytes % 2 == 1 ? "b" : "";
  } else {
    text = std::string(bytes, static_cast<char>('a' + dice_.roll(3)));
  }
  return '"' + text + '"';
}

// About as many as a session may have, one of them about as long as it may be.
std::string WrongRequests::tags() {
  std::string list;
  for (std::size_t n = 7 + dice_.roll(3); n != 0; --n) list += "\"n" + std::to_string(n) + "\",";
  const std::size_t bytes = dice_.one_in(2) ? 127 + dice_.roll(3) : dice_.roll(2);
  return dice_.one_in(2) ? '[' + list + R"("n1"])" : '[' + list + text_of(bytes) + ']';
}

std::string WrongRequests::token(const Json& params) {
  const Json* const tkn = params.find("tkn");
  const std::string right = tkn != nullptr && tkn->is_string() ? tkn->text : "123456789";
  return '"' +
         dice_.pick(std::array<std::string, 11>{"", "0", "1", "0" + right, right + ' ', ' ' + right,
                                                right + ".0", '-' + right, "x",
                                                "18446744073709551615", "18446744073709551616"}) +
         '"';
}

std::string WrongRequests::at_bound(const std::string& command, const std::string& name,
                                    const Json& params) {
  if (name == "name") return text_of(dice_.one_in(4) ? 0 : 255 + dice_.roll(3));
  if (name == "tag") return text_of(dice_.one_in(4) ? 0 : 127 + dice_.roll(3));
  if (name == "tags" || name == "add" || name == "rmv") return tags();
  if (name == "tkn" || name == "after" || name == "except") return token(params);
  if (name == "limit") {
    static constexpr std::array<std::string_view, 10> kLimits{
        "0", "-0", "1000", "1e3", "1000.0", "1001", "1e4", "0.5", "-1", "1000.1"};
    return std::string(dice_.pick(kLimits));
  }
  if (name == "keys") {
    const std::string key = text_of(1'023 + dice_.roll(3));
    return command == "SH_NEW" ? '{' + key + R"(:1,"b":[]})" : R"(["a",)" + key + ",\"\"]";
  }
  if (name == "expiry") {
    static constexpr std::array<std::string_view, 4> kExpiries{
        R"({"duration":5})", R"({"deleteSession":true})",
        R"({"duration":5,"deleteSession":true,"sliding":1})",
        R"({"duration":"5","deleteSession":false})"};
    return std::string(dice_.pick(kExpiries));
  }
  return odd();
}

Json WrongRequests::spoil(const std::string& command, Json params) {
  static constexpr std::array<std::string_view, 9> kOthers{
      "Tag", "tag", "limit", "tkn", "keys", "add", "ifRev", "exclusive", ""};
  const Names& own = names().find(command)->second;
  for (int faults = dice_.one_in(8) ? 2 : 1; faults != 0; --faults) {
    const std::string name = dice_.pick(own);
    switch (dice_.roll(6)) {
      case 0:
        set(params, std::string(dice_.pick(kOthers)), odd());
        break;
      case 1:
        if (!params.members.empty()) params.members.erase(params.members.begin());
        break;
      case 2:
        set(params, name, odd());
        break;
      default:
        set(params, name, at_bound(command, name, params));
    }
  }
  return params;
}

}  // namespace seshdb::testing
