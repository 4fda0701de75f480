// A public suite of JSONPath, where its file is at hand: SESHDB_JSONPATH_SUITE is its path. It is
// no part of this repository.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "json/path.h"
#include "support/json_tree.h"
#include "support/path_forms.h"

namespace seshdb::json {

namespace {

using testing::Found;
using testing::Json;

std::vector<std::string> texts(const Json& array) {
  std::vector<std::string> all;
  for (const Json& item : array.items) all.push_back(testing::to_text(item));
  return all;
}

std::vector<std::string> decoded_texts(const Json& array) {
  std::vector<std::string> all;
  for (const Json& item : array.items) all.push_back(item.decoded());
  return all;
}

// The selector with the root one level down.
std::string below(const std::string& selector) {
  std::string out;
  for (std::size_t i = 0; i < selector.size(); ++i) {
    out += selector[i];
    const char next = i + 1 < selector.size() ? selector[i + 1] : ' ';
    if (selector[i] == '$' &&
        std::string_view(".[ )=\n\t\r,&|<>!]").find(next) != std::string_view::npos &&
        (i == 0 || selector[i - 1] != '\'')) {
      out += "['doc']";
    }
  }
  return out;
}

void expect_case(const Json& test, const std::string& document, const std::string& selector,
                 const std::string& prefix) {
  const auto parsed = Path::parse(selector);
  ASSERT_TRUE(parsed) << selector << ": " << parsed.error().message;
  std::string differs;
  std::vector<std::string> values;
  std::vector<std::string> paths;
  for (const Found& found : testing::find_in_forms(*parsed, document, differs)) {
    values.push_back(found.value);
    paths.push_back("$" + found.path.substr(1 + prefix.size()));
    EXPECT_EQ(found.path.substr(0, 1 + prefix.size()), "$" + prefix);
  }
  EXPECT_EQ(differs, "");
  if (const Json* const result = test.find("result"); result != nullptr) {
    EXPECT_EQ(values, texts(*result)) << selector;
    EXPECT_EQ(paths, decoded_texts(*test.find("result_paths"))) << selector;
    return;
  }
  bool is_one = false;
  const Json& results = *test.find("results");
  for (std::size_t i = 0; i < results.items.size(); ++i) {
    is_one = is_one || (values == texts(results.items[i]) &&
                        paths == decoded_texts(test.find("results_paths")->items[i]));
  }
  EXPECT_TRUE(is_one) << selector;
}

}  // namespace

TEST(PathSuite, passes_in_every_form) {
  const char* const file = std::getenv("SESHDB_JSONPATH_SUITE");
  if (file == nullptr) GTEST_SKIP() << "SESHDB_JSONPATH_SUITE is not set";
  std::ifstream in(file, std::ios::binary);
  const auto suite = testing::parse_json(
      std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()));
  ASSERT_TRUE(suite);
  std::size_t cases = 0;
  for (const Json& test : suite->find("tests")->items) {
    SCOPED_TRACE(test.find("name")->decoded());
    ++cases;
    const std::string selector = test.find("selector")->decoded();
    if (test.find("invalid_selector") != nullptr) {
      EXPECT_FALSE(Path::parse(selector)) << selector;
      continue;
    }
    const std::string document = testing::to_text(*test.find("document"));
    expect_case(test, document, selector, "");
    expect_case(test, "{\"other\":[1],\"doc\":" + document + "}", below(selector), "['doc']");
  }
  std::cout << cases << " cases\n";
}

}  // namespace seshdb::json
