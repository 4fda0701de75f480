// A session's keys have no order, but at one revision it is the same in all answers.
#include <gtest/gtest.h>

#include <array>
#include <iostream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "support/local_target.h"
#include "support/random.h"

namespace seshdb::testing {

namespace {

class KeyOrder : public ::testing::Test {
 protected:
  KeyOrder() { tkn_ = send("SH_NEW", R"({"name":"order"})").find("tkn")->text; }

  Json send(const std::string& command, const std::string& params) {
    const auto answer = target_.send("{\"" + command + "\":" + params + '}');
    return parse_json(answer.value_or(R"({"none":{}})"))->members.at(0).second;
  }
  Json ask(const std::string& command, const std::string& more) {
    return send(command, R"({"tkn":")" + tkn_ + '"' + more + '}');
  }

  static std::vector<std::string> names_of(const Json& object) {
    std::vector<std::string> names;
    for (const auto& [name, value] : object.members) names.push_back(name.decoded());
    return names;
  }
  static std::vector<std::string> strings_of(const Json& array) {
    std::vector<std::string> strings;
    for (const Json& item : array.items) strings.push_back(item.decoded());
    return strings;
  }

  // The order in one answer; every other has to have the same.
  std::vector<std::string> order() {
    const std::vector<std::string> keys = strings_of(*ask("KV_KEYS", "").find("keys"));
    const Json whole = ask("KV_READ", R"(,"paths":[""])");
    EXPECT_EQ(names_of(*whole.find("values")->find("")), keys);
    const Json names = ask("KV_READ", R"(,"paths":[""],"as":"names")");
    EXPECT_EQ(strings_of(*names.find("values")->find("")), keys);
    const Json root = ask("KV_FIND", R"(,"path":"$")");
    EXPECT_EQ(names_of(root.find("values")->items.at(0)), keys);
    const Json all = ask("KV_FIND", R"(,"path":"$.*","rsp":"pointers")");
    std::vector<std::string> pointers;
    for (const std::string& key : keys) pointers.push_back('/' + key);
    EXPECT_EQ(strings_of(*all.find("pointers")), pointers);
    const Json kv = ask("KV_FIND", R"(,"path":"","!=":"no value","rsp":"kv")");
    EXPECT_EQ(names_of(*kv.find("kv")), keys);
    return keys;
  }

  std::string revision() { return ask("KV_READ", R"(,"paths":[])").find("rev")->text; }

  LocalTarget target_;
  std::string tkn_;
};

constexpr std::array<std::string_view, 6> kFailing{
    R"({"op":"remove","path":"/k3"},{"op":"add","path":"/new","value":1})",
    R"({"op":"move","path":"/k4","from":"/k1"},{"op":"remove","path":"/k2"})",
    R"({"op":"set","path":"","value":{"k2":1,"k1":2}})",
    R"({"op":"remove","path":"/k5"},{"op":"set","path":"/k5","value":1})",
    R"({"op":"set","path":"/k1/x/-","value":[1]},{"op":"trim","path":"/k1/x","value":0})",
    R"({"op":"inc","path":"/n","value":1},{"op":"move","path":"/m","from":"/n"})"};

}  // namespace

TEST_F(KeyOrder, is_the_same_in_all_answers_at_one_revision) {
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << '\n';
  Dice dice(seed);
  for (int i = 0; i < 300; ++i) {
    const std::string key = 'k' + std::to_string(dice.roll(12));
    if (dice.one_in(3)) {
      (void)ask("KV_RMV", R"(,"keys":[")" + key + "\"]");
    } else {
      (void)ask("KV_SET", R"(,"keys":{")" + key + R"(":{"x":)" + random_json(dice, 1) + "}}");
    }
    const std::string before = revision();
    const std::vector<std::string> keys = order();
    // Neither what fails nor what reads changes it.
    const std::string failing(dice.pick(kFailing));
    (void)ask("KV_PATCH",
              R"(,"ops":[)" + failing + R"(,{"op":"test","path":"/none/x","value":1}])");
    (void)ask("KV_GET", R"(,"keys":["k1","k2"])");
    EXPECT_EQ(revision(), before);
    EXPECT_EQ(order(), keys);
    if (HasFailure()) return;
  }
}

}  // namespace seshdb::testing
