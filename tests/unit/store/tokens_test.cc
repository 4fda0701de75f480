// Tokens as text, compared with the standard library's reading of the same digits.
#include "store/tokens.h"

#include <gtest/gtest.h>

#include <string>

#include "support/random.h"

namespace seshdb::store {

TEST(TokenText, is_read_back_as_the_number_whatever_its_length) {
  testing::Dice dice(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t token = dice.next() >> dice.roll(64);
    if (token == 0) continue;
    const std::string text = std::to_string(token);
    ASSERT_EQ(parse_token(text), token) << text;
  }
}

TEST(TokenText, is_refused_with_any_other_byte_at_any_place) {
  const std::string token = "12345678901234567890";
  for (std::size_t size = 1; size <= token.size(); ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text = token.substr(0, size);
        text[at] = static_cast<char>(byte);
        const bool is_digit = byte >= '0' && byte <= '9';
        const bool is_token = is_digit && text.front() != '0' &&
                              (size < token.size() || text <= "18446744073709551615");
        ASSERT_EQ(parse_token(text).has_value(), is_token) << text;
      }
    }
  }
}

}  // namespace seshdb::store
