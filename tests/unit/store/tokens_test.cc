// Tokens as text, compared with digits that are computed one by one, and how halves are compared.
#include "store/tokens.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <concepts>
#include <string>

#include "support/random.h"
#include "support/token_bits.h"

namespace seshdb::store {

namespace {

__extension__ using Number = unsigned __int128;

std::string digits_of(Number number) {
  std::string digits;
  for (; number != 0; number /= 10)
    digits += static_cast<char>('0' + static_cast<int>(number % 10));
  std::reverse(digits.begin(), digits.end());
  return digits;
}

// 0 where the text is no token.
Number parsed(std::string_view text) {
  const Token token = parse_token(text);
  return Number{token.upper.bits()} << 64U | token.lower;
}

// A longer number is greater, another one where it sorts behind.
bool is_at_most(const std::string& digits, const std::string& most) {
  return digits.size() != most.size() ? digits.size() < most.size() : digits <= most;
}

constexpr const char* kMost64 = "18446744073709551615";
constexpr const char* kMost128 = "340282366920938463463374607431768211455";

void expect_round_trip(Number number) {
  const std::string digits = digits_of(number);
  ASSERT_EQ(testing::text_of({static_cast<std::uint64_t>(number),
                              UpperHalf(static_cast<std::uint64_t>(number >> 64U))}),
            digits);
  if (static_cast<std::uint64_t>(number) == 0) return;  // that of no session
  ASSERT_TRUE(parsed(digits) == number) << digits;
}

}  // namespace

TEST(TokenText, is_read_back_as_the_number_whatever_its_length) {
  testing::Dice dice(1);
  for (int i = 0; i < 40'000; ++i) {
    const Number number = (Number{dice.next()} << 64U | dice.next()) >> dice.roll(128);
    if (number != 0) expect_round_trip(number);
  }
}

TEST(TokenText, is_read_back_at_every_power_of_two_and_ten_and_beside_it) {
  Number ten = 1;
  for (int i = 0; i < 39; ++i, ten *= 10) {
    for (const Number number : {ten - 1, ten, ten + 1}) {
      if (number != 0) expect_round_trip(number);
    }
  }
  for (unsigned i = 1; i < 128; ++i) {
    const Number two = Number{1} << i;
    for (const Number number : {two - 1, two, two + 1}) expect_round_trip(number);
  }
  expect_round_trip(~Number{0});
}

TEST(TokenText, is_refused_with_any_other_byte_at_any_place) {
  const std::string token = "334567890123456789012345678901234567890";  // 39 digits
  for (std::size_t size = 1; size <= token.size(); ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text = token.substr(0, size);
        text[at] = static_cast<char>(byte);
        const bool is_token =
            byte >= '0' && byte <= '9' && text.front() != '0' && is_at_most(text, kMost128);
        ASSERT_EQ(parsed(text) != 0, is_token) << text;
      }
    }
  }
}

TEST(TokenText, has_one_spelling) {
  EXPECT_EQ(parse_token("1").lower, 1U);
  EXPECT_EQ(parse_token(kMost64).lower, UINT64_MAX);
  EXPECT_TRUE(parse_token(kMost64).upper.is_none());
  EXPECT_EQ(parse_token("18446744073709551617").upper.bits(), 1U);
  EXPECT_TRUE(parsed(kMost128) == ~Number{0});
  for (const char* text :
       {"", "0", "00", "01", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "a",
        "018446744073709551617", "340282366920938463463374607431768211456",
        "340282366920938463463374607431768211457", "999999999999999999999999999999999999999",
        "1000000000000000000000000000000000000000", "0340282366920938463463374607431768211455",
        "680564733841876926926749214863536422911"}) {
    EXPECT_EQ(parse_token(text).lower, 0U) << text;
    EXPECT_TRUE(parse_token(text).upper.is_none()) << text;
  }
}

TEST(TokenText, of_a_lower_half_that_is_0_is_that_of_no_session) {
  for (const char* text : {"18446744073709551616", "36893488147419103232"}) {
    EXPECT_EQ(parse_token(text).lower, 0U) << text;
  }
}

TEST(TokenText, of_a_cursor_has_64_bits) {
  EXPECT_EQ(parse_cursor("1"), 1U);
  EXPECT_EQ(parse_cursor(kMost64), UINT64_MAX);
  for (const char* text :
       {"", "0", "01", "18446744073709551616", "18446744073709551617", kMost128}) {
    EXPECT_EQ(parse_cursor(text), 0U) << text;
  }
}

// No other code can compare two of them: they have no operator that does, and neither have tokens.
// is_same() combines all bits before its only branch.
static_assert(!std::equality_comparable<UpperHalf> && !std::totally_ordered<UpperHalf>);
static_assert(!std::equality_comparable<Token> && !std::convertible_to<UpperHalf, std::uint64_t>);

TEST(UpperHalves, are_the_same_where_no_bit_differs) {
  testing::Dice dice(1);
  for (int i = 0; i < 100; ++i) {
    const std::uint64_t bits = dice.next();
    EXPECT_TRUE(is_same(UpperHalf(bits), UpperHalf(bits)));
    for (unsigned bit = 0; bit < 64; ++bit) {
      EXPECT_FALSE(is_same(UpperHalf(bits), UpperHalf(bits ^ std::uint64_t{1} << bit)));
    }
  }
}

}  // namespace seshdb::store
