// A path from the cache is the path that its text says, whatever was asked before.
#include "json/path_cache.h"

#include <gtest/gtest.h>

#include <string>

#include "json/path_search.h"
#include "json/view.h"

namespace seshdb::json {

namespace {

// Where the path leads in {"a":{"0":0,"1":1, ...}}, as pointers with commas between them.
std::string found(const Path& path) {
  std::string text = R"({"a":{)";
  for (int i = 0; i < 100; ++i) {
    text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":" + std::to_string(i);
  }
  text += "}}";
  std::string pointers;
  (void)search(path, View(text), {.steps = 10'000, .results = 1'000},
               [&pointers](const Location& location, const View& /*node*/) {
                 if (!pointers.empty()) pointers += ',';
                 location.append_pointer(pointers);
                 return true;
               });
  return pointers;
}

}  // namespace

// More texts than slots, each asked for again while others come between.
TEST(PathCache, gives_what_the_text_says_whatever_came_before) {
  PathCache cache;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 100; ++i) {
      const std::string name = std::to_string(i);
      for (int again = 0; again < 2; ++again) {
        const auto path = cache.parse("$.a['" + name + "']");
        ASSERT_TRUE(path);
        ASSERT_EQ(found(**path), "/a/" + name);
      }
    }
  }
}

TEST(PathCache, keeps_a_path_where_another_text_is_wrong) {
  PathCache cache;
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(cache.parse("$.a['7']"));
    const auto wrong = cache.parse("$.a[" + std::to_string(i));
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().fault, Path::Fault::kInvalid);
    const auto path = cache.parse("$.a['7']");
    ASSERT_TRUE(path);
    EXPECT_EQ(found(**path), "/a/7");
  }
}

}  // namespace seshdb::json
