// RFC 6901: the pointers of its section 5, errors, and random ones against the slow reference.
#include "json/pointer.h"

#include <gtest/gtest.h>

#include "support/oracle.h"
#include "support/random.h"

namespace seshdb::json {

namespace {

std::string find_text(std::string_view text, std::string_view pointer) {
  const auto parsed = Pointer::parse(pointer);
  if (!parsed) return "no pointer";
  const auto found = find(text, *parsed);
  return found ? std::string(*found) : "nothing";
}

}  // namespace

TEST(Pointer, selects_what_the_rfc_says) {
  const std::string document =
      R"({"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8})";
  EXPECT_EQ(find_text(document, ""), document);
  EXPECT_EQ(find_text(document, "/foo"), R"(["bar","baz"])");
  EXPECT_EQ(find_text(document, "/foo/0"), R"("bar")");
  EXPECT_EQ(find_text(document, "/"), "0");
  EXPECT_EQ(find_text(document, "/a~1b"), "1");
  EXPECT_EQ(find_text(document, "/c%d"), "2");
  EXPECT_EQ(find_text(document, "/e^f"), "3");
  EXPECT_EQ(find_text(document, "/g|h"), "4");
  EXPECT_EQ(find_text(document, "/i\\j"), "5");
  EXPECT_EQ(find_text(document, "/k\"l"), "6");
  EXPECT_EQ(find_text(document, "/ "), "7");
  EXPECT_EQ(find_text(document, "/m~0n"), "8");
}

TEST(Pointer, knows_what_is_no_pointer) {
  for (const char* text : {"a", "a/b", "#/a", "/~", "/~2", "/a~", "/~0~", "~0", " /a"}) {
    EXPECT_FALSE(Pointer::parse(text)) << text;
  }
}

TEST(Pointer, undoes_escapes_in_the_right_order) {
  EXPECT_EQ(find_text(R"({"~1":1,"/":2})", "/~01"), "1");
  EXPECT_EQ(find_text(R"({"~1":1,"/":2})", "/~1"), "2");
}

TEST(Pointer, takes_indexes_in_one_spelling_only) {
  const std::string list = "[10,11,12,13,14,15,16,17,18,19,20]";
  EXPECT_EQ(find_text(list, "/0"), "10");
  EXPECT_EQ(find_text(list, "/10"), "20");
  for (const char* pointer : {"/11", "/00", "/01", "/-", "/-1", "/1e0", "/+1", "/ 1", "/", "/a",
                              "/18446744073709551616", "/18446744073709551617", "/0/0"}) {
    EXPECT_EQ(find_text(list, pointer), "nothing") << pointer;
  }
}

TEST(Pointer, counts_its_steps) {
  EXPECT_EQ(Pointer::parse("")->steps(), 0U);
  EXPECT_EQ(Pointer::parse("/")->steps(), 1U);
  EXPECT_EQ(Pointer::parse("/a/~1/0")->steps(), 3U);
}

TEST(Pointer, finds_what_the_slow_reference_finds) {
  testing::Dice dice(13);
  int found = 0;
  for (int i = 0; i < 20'000 / SESHDB_TEST_SHARE; ++i) {
    const std::string text = testing::random_json(dice, 5);
    const std::string pointer = testing::random_pointer(dice, text);
    testing::Json root = *testing::parse_json(text);
    const testing::Json* const expected = testing::select(root, pointer);
    found += expected != nullptr ? 1 : 0;
    ASSERT_EQ(find_text(text, pointer), expected == nullptr ? "nothing" : to_text(*expected))
        << text << ' ' << pointer;
  }
  EXPECT_GT(found, 10'000 / SESHDB_TEST_SHARE);
}

}  // namespace seshdb::json
