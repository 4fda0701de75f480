// Escapes, and the comparison of strings.
#include "json/string.h"

#include <gtest/gtest.h>

#include "support/json_tree.h"

namespace seshdb::json {

TEST(JsonString, decodes_every_escape) {
  std::string out;
  decode_string(R"(\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\ud83d\ude00)", out);
  EXPECT_EQ(out, "\"\\/\b\f\n\r\tAé€😀");
  EXPECT_EQ(decoded_bytes(R"(\"\u00e9\ud83d\ude00x)"), 8U);
}

TEST(JsonString, keeps_lone_surrogates_apart) {
  std::string high;
  std::string low;
  decode_string(R"(\ud800)", high);
  decode_string(R"(\udc00)", low);
  EXPECT_EQ(high, "\xED\xA0\x80");
  EXPECT_EQ(low, "\xED\xB0\x80");
  EXPECT_FALSE(same_string(R"(\ud800)", R"(\ud801)"));
  EXPECT_TRUE(same_string(R"(\ud800x)", R"(\uD800x)"));
  EXPECT_FALSE(same_string(R"(\udc00\ud800)", R"(\ud800\udc00)"));
  EXPECT_TRUE(same_string(R"(\ud800\udc00)", "\xF0\x90\x80\x80"));
}

TEST(JsonString, compares_meanings_and_not_spellings) {
  EXPECT_TRUE(same_string("abc", R"(\u0061b\u0063)"));
  EXPECT_TRUE(same_string(R"(a\/b)", "a/b"));
  EXPECT_FALSE(same_string("abc", R"(\u0061b)"));
  EXPECT_FALSE(same_string("abc", "abd"));
  EXPECT_TRUE(same_string("", ""));
}

TEST(JsonString, finds_what_ends_a_run_at_every_place_and_length) {
  for (std::size_t length = 0; length < 70; ++length) {
    std::string text(length, 'x');
    EXPECT_EQ(find_string_special(text.data(), text.data() + length), text.data() + length);
    for (const char special : {'"', '\\', '\n', '\x1f', '\0'}) {
      for (std::size_t at = 0; at < length; ++at) {
        text[at] = special;
        EXPECT_EQ(find_string_special(text.data(), text.data() + length), text.data() + at);
        text[at] = 'x';
      }
    }
    for (const char common : {' ', '!', '#', '[', ']', '\x7f', '\xff', '\x80'}) {
      const std::string all(length, common);
      EXPECT_EQ(find_string_special(all.data(), all.data() + length), all.data() + length);
    }
  }
}

TEST(JsonString, writes_what_it_can_read_again) {
  for (int c = 0; c < 256; ++c) {
    const std::string text = std::string("x") + static_cast<char>(c < 128 ? c : 'y') + "\"\\é";
    Buffer out;
    append_string(text, out);
    const auto back = testing::parse_json(out.view());
    ASSERT_TRUE(back) << c;
    EXPECT_EQ(back->decoded(), text) << c;
  }
  Buffer out;
  append_string("\xED\xA0\x80", out);  // a lone surrogate stays UTF-8 on the wire
  EXPECT_EQ(out.view(), R"("\ud800")");
}

TEST(JsonString, hashes_alike_what_is_alike_only) {
  EXPECT_EQ(string_hash("a"), string_hash(std::string("a")));
  EXPECT_NE(string_hash("a"), string_hash("b"));
}

}  // namespace seshdb::json
