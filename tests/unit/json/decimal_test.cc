// Decimals against integers of any size, and against digits that were chosen by hand.
#include "json/decimal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "support/random.h"

namespace seshdb::json {

namespace {

// The slow truth: a number as a whole number of units of 10^-kUnits.
constexpr std::size_t kUnits = 40;
struct Units {
  bool negative = false;
  std::string digits;  // without zeros in front
};

std::string stripped(std::string digits) {
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}

Units units_of(std::string text) {
  Units units;
  units.negative = text.front() == '-';
  if (units.negative) text.erase(0, 1);
  int exponent = 0;
  if (const std::size_t mark = text.find_first_of("eE"); mark != std::string::npos) {
    exponent = std::stoi(text.substr(mark + 1));
    text.resize(mark);
  }
  const std::size_t point = text.find('.');
  if (point != std::string::npos) {
    exponent -= static_cast<int>(text.size() - point - 1);
    text.erase(point, 1);
  }
  text.append(static_cast<std::size_t>(static_cast<int>(kUnits) + exponent), '0');
  units.digits = stripped(text);
  units.negative = units.negative && !units.digits.empty();
  return units;
}

bool is_less(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

std::string plus(std::string a, std::string b) {
  if (a.size() < b.size()) std::swap(a, b);
  b.insert(0, a.size() - b.size(), '0');
  std::string sum;
  int carry = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    carry += a[i] - '0' + b[i] - '0';
    sum.insert(sum.begin(), static_cast<char>('0' + carry % 10));
    carry /= 10;
  }
  if (carry != 0) sum.insert(sum.begin(), '1');
  return sum;
}

std::string minus(const std::string& a, std::string b) {  // a >= b
  b.insert(0, a.size() - b.size(), '0');
  std::string rest(a.size(), '0');
  int borrow = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    int digit = a[i] - b[i] - borrow;
    borrow = digit < 0 ? 1 : 0;
    rest[i] = static_cast<char>('0' + digit + borrow * 10);
  }
  return stripped(rest);
}

std::strong_ordering slow_compare(const Units& a, const Units& b) {
  if (a.negative != b.negative) return b.negative <=> a.negative;
  const Units& first = a.negative ? b : a;
  const Units& second = a.negative ? a : b;
  if (is_less(first.digits, second.digits)) return std::strong_ordering::less;
  return first.digits == second.digits ? std::strong_ordering::equal
                                       : std::strong_ordering::greater;
}

Units slow_sum(const Units& a, const Units& b) {
  if (a.negative == b.negative) return {a.negative, plus(a.digits, b.digits)};
  const bool swaps = is_less(a.digits, b.digits);
  Units sum{swaps ? b.negative : a.negative,
            swaps ? minus(b.digits, a.digits) : minus(a.digits, b.digits)};
  sum.negative = sum.negative && !sum.digits.empty();
  return sum;
}

std::string random_number(testing::Dice& dice) {
  std::string text = dice.one_in(2) ? "-" : "";
  const auto digits = [&dice, &text](std::size_t count) {
    for (; count > 0; --count)
      text += static_cast<char>('0' + (dice.one_in(2) ? 0 : dice.roll(10)));
  };
  if (dice.one_in(3)) {
    text += '0';
  } else {
    text += static_cast<char>('1' + dice.roll(9));
    digits(dice.roll(6));
  }
  if (dice.one_in(2)) {
    text += '.';
    digits(1 + dice.roll(8));
  }
  if (dice.one_in(2)) {
    text += dice.one_in(2) ? "e" : "E+";
    text += std::to_string(dice.roll(12));
  } else if (dice.one_in(2)) {
    text += "e-" + std::to_string(dice.roll(12));
  }
  return text;
}

void expect_order(std::string_view a, std::string_view b, std::strong_ordering order) {
  EXPECT_EQ(compare(a, b), order) << a << " " << b;
  EXPECT_EQ(compare(b, a), 0 <=> order) << b << " " << a;
}

}  // namespace

TEST(Decimal, orders_numbers_by_value_whatever_their_exponents) {
  const auto equal = std::strong_ordering::equal;
  const auto less = std::strong_ordering::less;
  const std::string nines(3'000, '9');
  for (const auto& [a, b, order] :
       std::vector<std::tuple<std::string, std::string, std::strong_ordering>>{
           {"1.0", "1", equal},
           {"1e2", "100", equal},
           {"-0", "0.000e5", equal},
           {"0e999999999999", "-0e-99999999999999999999", equal},
           {"12345678901234567890", "1234567890123456789.0e1", equal},
           {"0.001e3", "1", equal},
           {"1e999999999", "10e999999998", equal},
           {"1e" + nines, "0.1e1" + std::string(3'000, '0'), equal},
           {"1e-00000000000000000000005", "0.00001", equal},
           {"1e" + nines, "2e" + nines, less},
           {"9e" + nines, "1e1" + std::string(3'000, '0'), less},
           {"1e-" + nines, "1e-" + nines.substr(1), less},
           {"-1e" + nines, "-1", less},
           {"-1e" + nines, "1e-" + nines, less},
           {"0", "1e-" + nines, less},
           {"-1e-" + nines, "0", less},
           {"1e-999999999999999999", "1e999999999999999999", less},
           {"-2", "-1.5", less},
           {"1", "1.0000001", less},
           {"0.09", "0.1", less},
           {"99", "100", less}}) {
    expect_order(a, b, order);
  }
}

TEST(Decimal, adds_as_many_digits_behind_the_point_as_there_are) {
  for (const auto& [a, b, sum] : std::vector<std::tuple<std::string, std::string, std::string>>{
           {"0.1000", "0.2", "0.3000"},
           {"1.50e1", "1", "16.0"},
           {"1.5e3", "0", "1500"},
           {"3", "1", "4"},
           {"1", "-1", "0"},
           {"-0", "-0", "0"},
           {"-0.5", "0.50", "0.00"},
           {"-0.5", "0.4", "-0.1"},
           {"99.9", "0.1", "100.0"},
           {"100", "-0.001", "99.999"},
           {"1e-3", "1", "1.001"},
           {"0e5", "0.000e1", "0.00"},
           {"0e99999999999", "7", "7"},
           {"9007199254740993", "1", "9007199254740994"},
           {"-5", "3", "-2"}}) {
    EXPECT_EQ(add(a, b), sum) << a << " + " << b;
    EXPECT_EQ(add(b, a), sum) << b << " + " << a;
  }
}

TEST(Decimal, adds_within_128_characters) {
  const std::string most(128, '9');
  EXPECT_EQ(add(most, "0"), most);
  EXPECT_EQ(add(most, "1"), std::nullopt);
  EXPECT_EQ(add("-" + most, "1"), std::nullopt);
  EXPECT_EQ(add("1e127", "0"), "1" + std::string(127, '0'));
  EXPECT_EQ(add("1e128", "-1e128"), std::nullopt);
  EXPECT_EQ(add("1e-126", "0"), "0." + std::string(125, '0') + "1");
  EXPECT_EQ(add("1e-127", "0"), std::nullopt);
  EXPECT_EQ(add("-1e-126", "0"), std::nullopt);
  EXPECT_EQ(add("0e-127", "0"), std::nullopt);
  for (const char* far :
       {"1e999999999", "1e-999999999", "1e99999999999999999999999", "0e-99999999999999999999"}) {
    EXPECT_EQ(add(far, "1"), std::nullopt) << far;
  }
  const std::string zeros(100'000, '0');
  EXPECT_EQ(add("0." + zeros + "5e100001", "1"), "6");
  EXPECT_EQ(add("1" + zeros + "e-100000", "1"), std::nullopt);
}

TEST(Decimal, equals_integers_of_any_size) {
  testing::Dice dice(20'261'127);
  for (int i = 0; i < 20'000; ++i) {
    const std::string a = random_number(dice);
    const std::string b = dice.one_in(10) ? a : random_number(dice);
    const Units left = units_of(a);
    const Units right = units_of(b);
    expect_order(a, b, slow_compare(left, right));
    const std::optional<std::string> sum = add(a, b);
    ASSERT_TRUE(sum);
    const Units wanted = slow_sum(left, right);
    const Units got = units_of(*sum);
    EXPECT_EQ(got.digits, wanted.digits) << a << " + " << b << " = " << *sum;
    EXPECT_EQ(got.negative, wanted.negative) << a << " + " << b << " = " << *sum;
  }
}

TEST(Decimal, is_linear_in_a_megabyte) {
  const std::string digits(1'000'000, '7');
  expect_order("1." + digits, "1." + digits + "1", std::strong_ordering::less);
  expect_order("1e" + digits, "1e" + digits + "1", std::strong_ordering::less);
}

TEST(WholeNumber, is_whole_whatever_form_it_has) {
  for (const char* whole : {"0",
                            "-0",
                            "0.0",
                            "-0.000",
                            "0e5",
                            "0E-999999999999999999999",
                            "7",
                            "-7",
                            "3600.0",
                            "36e2",
                            "36E+2",
                            "360000e-2",
                            "1.5e1",
                            "12.500e+1",
                            "0.001e3",
                            "-0.1e1",
                            "1e400",
                            "1e999999999",
                            "1e99999999999999999999999999",
                            "100e-2",
                            "12345678901234567890123"}) {
    EXPECT_TRUE(is_whole(whole)) << whole;
  }
  for (const char* broken : {"0.5", "-1.5", "1e-1", "15e-1", "1.05e1", "100e-3", "1e-999999999",
                             "1e-99999999999999999999999999", "0.000000001", "10.01"}) {
    EXPECT_FALSE(is_whole(broken)) << broken;
    EXPECT_EQ(whole_number(broken, UINT64_MAX), std::nullopt) << broken;
  }
}

TEST(WholeNumber, has_its_exact_value_within_its_bound) {
  for (const auto& [text, value] : std::vector<std::pair<std::string, std::uint64_t>>{
           {"0", 0},
           {"-0.0", 0},
           {"0e999999999", 0},
           {"3600.0", 3'600},
           {"36e2", 3'600},
           {"0.036e5", 3'600},
           {"360000e-2", 3'600},
           {"1.5e1", 15},
           {"1000.50e2", 100'050},
           {"9007199254740993", 9'007'199'254'740'993},
           {"18446744073709551615", UINT64_MAX},
           {"1844674407370955161.5e1", UINT64_MAX}}) {
    EXPECT_EQ(whole_number(text, UINT64_MAX), value) << text;
    EXPECT_EQ(whole_number(text, value), value) << text;
    if (value > 0) {
      EXPECT_EQ(whole_number(text, value - 1), std::nullopt) << text;
    }
  }
  for (const char* text : {"-1", "-36e2", "18446744073709551616", "1e20", "1e999999999",
                           "1e99999999999999999999999999", "123456789012345678901234567890"}) {
    EXPECT_EQ(whole_number(text, UINT64_MAX), std::nullopt) << text;
  }
  EXPECT_EQ(whole_number("5", 4), std::nullopt);
  EXPECT_EQ(whole_number("1e1", 9), std::nullopt);
  EXPECT_EQ(whole_number("1", 0), std::nullopt);
}

TEST(WholeNumber, of_a_megabyte_of_digits_is_exact) {
  const std::string zeros(1'000'000, '0');
  EXPECT_EQ(whole_number("36" + zeros + "e-1000000", 36), 36U);
  EXPECT_EQ(whole_number("0." + zeros + "36e1000002", 36), 36U);
  EXPECT_FALSE(is_whole("36" + zeros + "e-1000001"));
  EXPECT_FALSE(is_whole("1" + zeros + ".1"));
}

}  // namespace seshdb::json
