// Whole numbers in every spelling that JSON has.
#include "json/number.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace seshdb::json {

TEST(Number, is_whole_whatever_form_it_has) {
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

TEST(Number, has_its_exact_value_within_its_bound) {
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

TEST(Number, of_a_megabyte_of_digits_is_exact) {
  const std::string zeros(1'000'000, '0');
  EXPECT_EQ(whole_number("36" + zeros + "e-1000000", 36), 36U);
  EXPECT_EQ(whole_number("0." + zeros + "36e1000002", 36), 36U);
  EXPECT_FALSE(is_whole("36" + zeros + "e-1000001"));
  EXPECT_FALSE(is_whole("1" + zeros + ".1"));
}

}  // namespace seshdb::json
