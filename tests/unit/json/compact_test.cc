// The form in which values are stored.
#include "json/compact.h"

#include <gtest/gtest.h>

#include "json/outline.h"
#include "support/oracle.h"
#include "support/random.h"

namespace seshdb::json {

TEST(Compact, drops_white_space_outside_strings_only) {
  Buffer out;
  append_compact(" { \"a b\" : [ 1 ,\t2 ] ,\r\n\"c\\\" \" : \" \\\\ \" } ", false, out);
  EXPECT_EQ(out.view(), R"({"a b":[1,2],"c\" ":" \\ "})");
}

TEST(Compact, equals_the_slow_reference_on_random_values) {
  testing::Dice dice(12);
  Outline outline;
  for (int i = 0; i < 20'000 / SESHDB_TEST_SHARE; ++i) {
    const std::string text = testing::random_json(dice, 4, {.spaces = true, .duplicates = true});
    ASSERT_EQ(outline.read(text, 1024), Verdict::kValid);
    Buffer out;
    append_compact(text, outline.nodes()[0].has_duplicates, out);
    const std::string expected =
        testing::to_text(testing::without_duplicates(*testing::parse_json(text)));
    ASSERT_EQ(out.view(), expected) << text;
  }
}

}  // namespace seshdb::json
