// JSONPath: what is one, what it selects (the cases of path_cases.json, in every form), and the
// bounds of a search.
#include "json/path.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "json/path_search.h"
#include "json/string.h"
#include "support/json_tree.h"
#include "support/path_forms.h"

namespace seshdb::json {

namespace {

using testing::Found;
using testing::Json;

std::string nested(std::size_t levels, const std::string& before, const std::string& middle,
                   const std::string& after) {
  std::string out;
  for (std::size_t i = 0; i < levels; ++i) out += before;
  out += middle;
  for (std::size_t i = 0; i < levels; ++i) out += after;
  return out;
}

Path parsed(std::string_view text) {
  tl::expected<Path, Path::Error> result = Path::parse(text);
  EXPECT_TRUE(result) << text << ": " << result.error().message;
  return *std::move(result);
}

SearchEnd search_all(std::string_view path, const std::string& document, SearchBounds bounds) {
  return search(parsed(path), View(std::string_view(document)), bounds,
                [](const Location&, const View&) { return true; });
}

std::size_t count_all(std::string_view path, const std::string& document) {
  std::string differs;
  const std::size_t count = testing::find_in_forms(parsed(path), document, differs).size();
  EXPECT_EQ(differs, "") << path;
  return count;
}

using Reason = SearchEnd::Reason;

}  // namespace

TEST(Path, selects_what_the_cases_say) {
  std::ifstream in(SESHDB_SOURCE_DIR "/tests/unit/json/path_cases.json", std::ios::binary);
  const auto cases = testing::parse_json(
      std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()));
  ASSERT_TRUE(cases);
  for (const Json& one : cases->items) {
    const std::string text = one.find("path")->decoded();
    SCOPED_TRACE(text);
    std::vector<std::string> wanted;
    for (const auto& [path, value] : one.find("found")->members) {
      wanted.push_back(path.decoded() + " " + testing::to_text(value));
    }
    std::string differs;
    std::vector<std::string> got;
    const std::string document = testing::to_text(*one.find("document"));
    for (const Found& found : testing::find_in_forms(parsed(text), document, differs)) {
      got.push_back(found.path + " " + found.value);
    }
    EXPECT_EQ(got, wanted);
    EXPECT_EQ(differs, "");
  }
}

TEST(Path, refuses_what_is_none) {
  for (const char* text : {"",
                           " $",
                           "$ ",
                           "a",
                           "@",
                           "$.",
                           "$..",
                           "$.[0]",
                           "$[",
                           "$[]",
                           "$[1",
                           "$[1,]",
                           "$['a]",
                           "$['\\x']",
                           "$['\\ud800']",
                           "$['\\udc00\\ud800']",
                           "$[01]",
                           "$[-0]",
                           "$[+1]",
                           "$[1.0]",
                           "$[9007199254740992]",
                           "$[1:2:3:4]",
                           "$[::a]",
                           "$.1a",
                           "$.a b",
                           "$.. a",
                           "$. a",
                           "$\"a\"",
                           "$[?]",
                           "$[?1]",
                           "$[?'a']",
                           "$[?true]",
                           "$[?@.a=1]",
                           "$[?@.a===1]",
                           "$[?@.a==]",
                           "$[?==1]",
                           "$[?(@.a]",
                           "$[?@.a)]",
                           "$[?!!@.a]",
                           "$[?!@.a==1]",
                           "$[?@.a==1==1]",
                           "$[?(@.a)==1]",
                           "$[?@.*==1]",
                           "$[?@..a==1]",
                           "$[?@[0,1]==1]",
                           "$[?@[:]==1]",
                           "$[?@.a&@.b]",
                           "$[?@.a&&]",
                           "$[?||@.a]",
                           "$[?@==01]",
                           "$[?@==.5]",
                           "$[?@==5.]",
                           "$[?@==+5]",
                           "$[?@==1e]",
                           "$[?@==True]",
                           "$[?@==nul]",
                           "$[?length(@)]",
                           "$[?length()==1]",
                           "$[?length(@,@)==1]",
                           "$[?length(@.*)==1]",
                           "$[?count(1)==1]",
                           "$[?count(@)]",
                           "$[?count (@)==1]",
                           "$[?value(1)==1]",
                           "$[?match(@,'a')==true]",
                           "$[?match(@)]",
                           "$[?match(@.*,'a')]",
                           "$[?size(@)==1]",
                           "$[?length(match(@,'a'))==1]",
                           "$[?match(match(@,'a'),'a')]",
                           "$[?count(value(@.a))==1]",
                           "$.\xED\xA0\x80",
                           "$['\xED\xA0\x80']",
                           "$['\x01']",
                           "$[?@.a==[1]]",
                           "$[?@.a=={}]"}) {
    const auto result = Path::parse(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().fault, Path::Fault::kInvalid) << text;
    EXPECT_NE(result.error().message, "") << text;
  }
}

TEST(Path, has_bounds) {
  const std::string longest = "$." + std::string(Path::kBytesMax - 2, 'a');
  EXPECT_TRUE(Path::parse(longest));
  EXPECT_EQ(Path::parse(longest + "a").error().fault, Path::Fault::kTooLong);
  EXPECT_TRUE(Path::parse("$" + nested(4, "[?@", "", "]")));
  EXPECT_EQ(Path::parse("$" + nested(5, "[?@", "", "]")).error().fault, Path::Fault::kOutOfBounds);
  EXPECT_TRUE(Path::parse("$[?@[?@]]" + nested(1, "", "[?@[?@[?@[?@]]]]", "")));
  const std::string most(256, 'a');
  EXPECT_TRUE(Path::parse("$[?match(@, '" + most + "')]"));
  EXPECT_EQ(Path::parse("$[?match(@, '" + most + "a')]").error().fault, Path::Fault::kOutOfBounds);
  EXPECT_EQ(Path::parse("$[?match(@, '(a{100}){100}')]").error().fault, Path::Fault::kOutOfBounds);
  const std::string many = nested(9, "match(@,'\\\\p{L}')||", "@", "");
  EXPECT_EQ(Path::parse("$[?" + many + "]").error().fault, Path::Fault::kOutOfBounds);
}

TEST(Path, of_many_parentheses_is_read_and_evaluated) {
  EXPECT_EQ(count_all("$[?" + nested(500, "(", "@==1", ")") + "]", "[1,2]"), 1U);
  EXPECT_EQ(count_all("$[?" + nested(300, "!(", "@==1", ")") + "]", "[1,2]"), 1U);
  EXPECT_EQ(count_all("$[?" + nested(70, "@&&(0==0&&", "@", "||@)") + "]", "[1,2]"), 2U);
  EXPECT_EQ(count_all("$[?" + nested(120, "length(", "@", ")") + "==1]", "[1,2]"), 0U);
}

TEST(PathSearch, goes_down_any_depth) {
  constexpr std::size_t kLevels = 4'000;
  const std::string arrays = nested(kLevels, "[", "1", "]");
  EXPECT_EQ(count_all("$..[0]", arrays), kLevels);
  EXPECT_EQ(count_all("$" + nested(300, "[0]", "", ""), arrays), 1U);
  const std::string objects = nested(1'000, "{\"a\":", "1", "}");
  EXPECT_EQ(count_all("$..a..a", nested(50, "{\"a\":", "1", "}")), 49U * 50U / 2U);
  EXPECT_EQ(count_all("$..[?@.a]", objects), 998U + 1U);
  EXPECT_EQ(count_all("$[?count($..*) == 1000]", objects), 1U);
}

TEST(PathSearch, finds_what_is_selected_twice_twice) {
  EXPECT_EQ(count_all("$[0,0,'a',*]", "[1,2]"), 4U);
  EXPECT_EQ(count_all("$..[*,0]", "[[1]]"), 4U);
}

TEST(PathSearch, takes_no_step_more_than_it_may) {
  const std::string document = "[" + nested(1'000, "{\"a\":1},", "", "") + "{}]";
  const SearchEnd end = search_all("$[?@.a == 1]", document, testing::kNoBounds);
  EXPECT_EQ(end.reason, Reason::kComplete);
  EXPECT_GT(end.steps, 3'000);
  EXPECT_LT(end.steps, 10'000);
  EXPECT_EQ(search_all("$[?@.a == 1]", document, {.steps = end.steps, .results = 1'000}).reason,
            Reason::kComplete);
  EXPECT_EQ(search_all("$[?@.a == 1]", document, {.steps = end.steps - 1, .results = 1'000}).reason,
            Reason::kSteps);
  EXPECT_EQ(search_all("$[?@.a == 1]", document, {.steps = end.steps, .results = 999}).reason,
            Reason::kResults);
  std::size_t calls = 0;
  const SearchEnd stopped =
      search(parsed("$.*"), View(std::string_view(document)), testing::kNoBounds,
             [&calls](const Location&, const View&) { return ++calls < 5; });
  EXPECT_EQ(stopped.reason, Reason::kStopped);
  EXPECT_EQ(calls, 5U);
}

TEST(PathSearch, counts_large_texts) {
  const std::string big(1'000'000, 'x');
  const std::string list = "[" + nested(20, "1,", "2", "") + "]";
  const SearchBounds bounds{.steps = 50'000, .results = 10'000};
  EXPECT_EQ(search_all("$.l[?@ < $.s || $.s == $.t || search($.s, '^y')]",
                       "{\"l\":" + list + R"(,"s":")" + big + R"(","t":")" + big + "\"}", bounds)
                .reason,
            Reason::kSteps);
  EXPECT_EQ(search_all("$.l[?@.z]",
                       R"({"l":[{"s":")" + big + "\"},{\"s\":\"" + big + "\"},{\"s\":\"" + big +
                           "\"},{\"s\":\"" + big + "\"}]}",
                       bounds)
                .reason,
            Reason::kSteps);
  EXPECT_EQ(
      search_all("$..*..*..*", nested(200, "[0,", "1", "]"), {.steps = 50'000, .results = SIZE_MAX})
          .reason,
      Reason::kSteps);
}

TEST(PathSearch, bounds_regular_expressions_of_the_value) {
  const std::string large = R"([")" + std::string(257, 'a') + R"("])";
  EXPECT_EQ(search_all("$[?match('a', @)]", large, testing::kNoBounds).reason,
            Reason::kRegexpTooLarge);
  std::string many = "[";
  for (int i = 0; i < 1'000; ++i) many += (i == 0 ? "\"a" : ",\"a") + std::to_string(i) + "\"";
  EXPECT_EQ(count_all("$[?match(@, @)]", many + "]"), 1'000U);
  EXPECT_EQ(search_all("$[?match(@, @)]", many + "]", {.steps = 50'000, .results = 10'000}).reason,
            Reason::kSteps);
}

TEST(PathSearch, of_a_session_starts_at_its_keys) {
  const testing::KeySource keys(
      R"({"a/b":{"m~n":1},"devices":[{"make":"Apple"},{"make":"Other"}]})");
  const std::vector<Found> found =
      testing::find_all(parsed("$.devices[?@.make=='Apple']"), View(keys));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].pointer, "/devices/0");
  EXPECT_EQ(testing::find_all(parsed("$..['m~n']"), View(keys)).at(0).pointer, "/a~1b/m~0n");
  EXPECT_EQ(testing::find_all(parsed("$[?@ == $]"), View(keys)).size(), 0U);
  EXPECT_EQ(testing::find_all(parsed("$[?count($.*) == 2]"), View(keys)).size(), 2U);
}

TEST(Comparison, of_the_other_form_has_no_order_for_containers) {
  Steps steps;
  const auto holds = [&steps](Operator op, std::string_view a, std::string_view b) {
    return compare_scalars(op, View(a), View(b), steps);
  };
  EXPECT_TRUE(holds(Operator::kEqual, "[1]", "[1.0]"));
  EXPECT_TRUE(holds(Operator::kNotEqual, "[1]", "{}"));
  EXPECT_FALSE(holds(Operator::kLessOrEqual, "[1]", "[1]"));
  EXPECT_TRUE(holds(Operator::kGreaterOrEqual, "true", "true"));
  EXPECT_FALSE(holds(Operator::kGreater, "true", "false"));
  EXPECT_TRUE(holds(Operator::kGreaterOrEqual, "1.8e1", "18"));
  EXPECT_FALSE(holds(Operator::kLess, "1", "\"2\""));
  EXPECT_TRUE(holds(Operator::kNotEqual, "1", "\"1\""));
}

}  // namespace seshdb::json
