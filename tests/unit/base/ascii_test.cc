// Letters, and white space at the ends of a text.
#include "base/ascii.h"

#include <gtest/gtest.h>

namespace seshdb {

TEST(Ascii, makes_capital_letters_small_and_leaves_every_other_byte) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool is_capital = byte >= 'A' && byte <= 'Z';
    EXPECT_EQ(lower(c), is_capital ? static_cast<char>(byte + 'a' - 'A') : c) << byte;
  }
  EXPECT_EQ(lower_case("Text/HTML; \xC3\x84"), "text/html; \xC3\x84");
}

TEST(Ascii, trims_both_ends_and_nothing_inside) {
  EXPECT_EQ(trimmed(" \t a b\t "), "a b");
  EXPECT_EQ(trimmed("a"), "a");
  EXPECT_EQ(trimmed(""), "");
  EXPECT_EQ(trimmed(" \t "), "");
  EXPECT_EQ(trimmed("\ra\r"), "\ra\r");
  EXPECT_EQ(trimmed("\ta\r", " \t\r"), "a");
  EXPECT_EQ(trimmed("\ta ", " "), "\ta");
}

}  // namespace seshdb
