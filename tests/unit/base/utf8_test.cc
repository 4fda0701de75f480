// UTF-8 in pieces against UTF-8 as a whole.
#include "base/utf8.h"

#include <gtest/gtest.h>

#include "support/random.h"

namespace seshdb {

TEST(Utf8, knows_the_bounds_of_the_rfc) {
  for (const char* text :
       {"", "a", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
  for (const char* text :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x9F\xBF", "\xE0\xA0",
        "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
        "\xF8\x88\x80\x80\x80", "\xFE", "\xFF", "\xF0\x90\x80"}) {
    EXPECT_FALSE(is_utf8(text)) << text;
  }
}

TEST(Utf8, is_judged_alike_in_pieces_and_as_a_whole) {
  testing::Dice dice(32);
  const std::string_view bytes =
      "\x41\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC2\xDF\xE0\xED\xEF\xF0\xF4\xF5";
  int good = 0;
  for (int i = 0; i < 100'000 / SESHDB_TEST_SHARE; ++i) {
    std::string text;
    for (std::size_t n = dice.roll(7); n > 0; --n) text += dice.pick(bytes);
    Utf8Stream stream;
    bool valid = true;
    for (std::size_t at = 0; at < text.size() && valid;) {
      const std::size_t piece = 1 + dice.roll(3);
      valid = stream.add(std::string_view(text).substr(at, piece));
      at += piece;
    }
    ASSERT_EQ(valid && stream.complete(), is_utf8(text));
    good += valid ? 1 : 0;
  }
  EXPECT_GT(good, 1'000 / SESHDB_TEST_SHARE);
}

}  // namespace seshdb
