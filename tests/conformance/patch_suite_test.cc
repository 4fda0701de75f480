// A public suite of JSON Patch, where its file is at hand: SESHDB_JSON_PATCH_SUITE is its path. It
// is no part of this repository. Each document stands under a key.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "support/document_model.h"
#include "support/json_tree.h"
#include "support/local_target.h"

namespace seshdb::testing {

namespace {

// The operations with all pointers one level down. What is no pointer stays.
Json below(const Json& patch) {
  Json moved = patch;
  for (Json& operation : moved.items) {
    for (auto& [name, value] : operation.members) {
      const bool is_pointer = value.is_string() && (value.text.empty() || value.text[0] == '/');
      if ((name.text == "path" || name.text == "from") && is_pointer) {
        value.text.insert(0, "/doc");
      }
    }
  }
  return moved;
}

Json send(LocalTarget& target, const std::string& command, const std::string& params) {
  const auto answer = target.send("{\"" + command + "\":" + params + '}');
  return parse_json(answer.value_or("{\"none\":{}}"))->members.at(0).second;
}

void run_case(LocalTarget& target, const std::string& tkn, const Json& test) {
  const std::string head = "{\"tkn\":\"" + tkn + "\",";
  const Json& document = *test.find("doc");
  (void)send(target, "KV_CLEAR_SET", head + "\"keys\":{\"doc\":" + to_text(document) + "}}");
  const Json answer =
      send(target, "KV_PATCH", head + "\"ops\":" + to_text(below(*test.find("patch"))) + '}');
  const Json read = send(target, "KV_READ", head + R"("paths":["/doc"]})");
  const Json* const after = read.find("values")->find("/doc");
  const Json* const expected = test.find("expected");
  const bool fails = test.find("error") != nullptr;
  EXPECT_EQ(answer.find("st")->text != "1", fails) << to_text(answer);
  const Json& wanted = fails || expected == nullptr ? document : *expected;
  ASSERT_NE(after, nullptr) << to_text(answer);
  EXPECT_TRUE(equal_by_value(*after, wanted)) << to_text(*after) << " is not " << to_text(wanted);
}

}  // namespace

TEST(PatchSuite, passes_with_each_document_under_a_key) {
  const char* const file = std::getenv("SESHDB_JSON_PATCH_SUITE");
  if (file == nullptr) GTEST_SKIP() << "SESHDB_JSON_PATCH_SUITE is not set";
  std::ifstream in(file, std::ios::binary);
  const auto suite =
      parse_json(std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()));
  ASSERT_TRUE(suite);
  LocalTarget target;
  const std::string tkn = send(target, "SH_NEW", R"({"name":"suite"})").find("tkn")->text;
  std::size_t cases = 0;
  for (std::size_t i = 0; i < suite->items.size(); ++i) {
    const Json& test = suite->items[i];
    const Json* const disabled = test.find("disabled");
    const bool is_enabled = disabled == nullptr || disabled->text != "true";
    if (!is_enabled || test.find("patch") == nullptr) continue;
    const Json* const comment = test.find("comment");
    SCOPED_TRACE("case " + std::to_string(i) + ": " +
                 (comment == nullptr ? "" : comment->decoded()) + ' ' +
                 to_text(*test.find("patch")));
    ++cases;
    run_case(target, tkn, test);
  }
  std::cout << cases << " cases\n";
}

}  // namespace seshdb::testing
