// The requests that a client draws.
#include <array>
#include <utility>

#include "simulation/client.h"

namespace seshdb::testing {

namespace {

constexpr std::size_t kValueBytesMost = 300;

std::string random_value(Dice& dice, std::uint64_t number) {
  if (dice.one_in(4)) {
    std::string value = random_json(dice, 3);
    if (value.size() <= kValueBytesMost) return value;
  }
  return json_string(std::string(dice.roll(40), 'x') + std::to_string(number));
}

}  // namespace

Request Client::draw() {
  const std::string tkn = R"("tkn":")" + known_.token + '"';
  switch (scene_.dice.roll(10)) {
    case 0:
      return draw_to_all();
    case 1:
      if (scene_.dice.one_in(8)) {
        return {.number = scene_.next_number++, .command = "SH_INFO_ALL", .params = "{}"};
      }
      // All cores search the session at the same time: the answer is known unless something ends
      // it.
      if (scene_.dice.one_in(3) && !is_pending("SH_END") && !is_pending("SH_ROTATE")) {
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
    case 4:
      return draw_tagged(tkn);
    default:
      return draw_change(tkn);
  }
}

// Appends a letter, counts, reads a revision, or changes what was read at it.
Request Client::draw_to_all() {
  const std::string head = R"({"tkn":")" + scene_.shared_token + "\",";
  const auto request = [&](const char* command, const std::string& params) {
    return Request{.number = scene_.next_number++,
                   .command = command,
                   .params = head + params + '}',
                   .to_all = true};
  };
  const bool may_exchange = revision_ != "0" && exchanged_.size() <= kValueBytesMost;
  switch (scene_.dice.roll(4)) {
    case 0:
      return request("KV_APPEND", R"("keys":{"all":")" + std::string(1, letter_) + "\"}");
    case 1:
      return request("KV_PATCH", R"("ops":[{"op":"inc","path":"/counts/n","value":1}])");
    default:
      if (!may_exchange) return request("KV_READ", R"("paths":["/exchanged"])");
      return request("KV_SET", R"("keys":{"exchanged":")" + exchanged_ + letter_ +
                                   R"("},"ifRev":)" + std::exchange(revision_, "0"));
  }
}

Request Client::draw_change(const std::string& tkn) {
  static constexpr std::array<std::string_view, 3> kKeys{"a", "b", "c"};
  const std::string name(scene_.dice.pick(kKeys));
  const std::string key = '"' + name + '"';
  const std::uint64_t number = scene_.next_number++;
  const std::string value = random_value(scene_.dice, number);
  // Of the last answer: stale where a change is under way.
  const std::uint64_t seen = known_.model.revision(known_.token);
  const std::string if_rev =
      seen == 0 || !scene_.dice.one_in(4) ? "" : ",\"ifRev\":" + std::to_string(seen);
  const auto request = [&](const char* command, const std::string& params) {
    return Request{.number = number, .command = command, .params = '{' + tkn + ',' + params + '}'};
  };
  switch (scene_.dice.roll(12)) {
    case 10:
      return request("SH_TAG", draw_tags());
    case 11:
      if (is_pending("SH_EXISTS") || is_pending("SH_ROTATE")) break;
      return {.number = number, .command = "SH_ROTATE", .params = '{' + tkn + '}'};
    case 0:
    case 1:
      return request("KV_APPEND", "\"keys\":{" + key + ":\"+\"}" + if_rev);
    case 2:
      return request("KV_UPDATE", "\"key\":" + key + ",\"\":" + value);
    case 3:
      return request("KV_RMV", "\"keys\":[" + key + ']' + if_rev);
    case 4:
      return request("KV_MERGE", "\"keys\":{" + key + ":{\"x\":" + value + "}}" + if_rev);
    case 5:
    case 6:
      return request("KV_PATCH", "\"ops\":[" + draw_operations(name, value) + ']' + if_rev);
    case 7:
      return request("KV_READ", R"("paths":["/a/x","/b/0","/c"])");
    default:
      break;
  }
  return request(scene_.dice.one_in(3) ? "KV_ADD" : "KV_SET",
                 "\"keys\":{" + key + ':' + value + '}' + if_rev);
}

// One or two; often the key is of a kind that they are not for.
std::string Client::draw_operations(const std::string& name, const std::string& value) {
  const auto operation = [](const std::string& op, const std::string& path,
                            const std::string& more) {
    return R"({"op":")" + op + R"(","path":"/)" + path + '"' + more + '}';
  };
  switch (scene_.dice.roll(5)) {
    case 0:
      return operation("inc", name + "/n", ",\"value\":1");
    case 1:
      return operation("set", name + "/-", ",\"value\":" + value);
    case 2:
      return operation("add", name, ",\"value\":[1,2]") + ',' +
             operation("copy", name + "/0", ",\"from\":\"/a\"");
    case 3:
      return operation("set", "b", ",\"value\":" + value) + ',' +
             operation("remove", name + "/x", "");
    default:
      return operation("move", name, R"(,"from":"/c")") + ',' +
             operation("add", "c", ",\"value\":{}");
  }
}

}  // namespace seshdb::testing
