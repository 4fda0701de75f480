// Addresses and networks as text.
#include "base/address.h"

#include <gtest/gtest.h>

#include <string>

namespace seshdb {

TEST(Address, has_one_form_for_both_families) {
  EXPECT_EQ(address_from("192.0.2.1"), address_from("::ffff:192.0.2.1"));
  EXPECT_EQ(address_from("[2001:db8::1]"), address_from("2001:DB8:0:0:0:0:0:1"));
  EXPECT_TRUE(address_from("127.8.9.10")->is_loopback());
  EXPECT_TRUE(address_from("::1")->is_loopback());
  EXPECT_TRUE(address_from("::ffff:127.0.0.1")->is_loopback());
  EXPECT_FALSE(address_from("0.0.0.0")->is_loopback());
  EXPECT_FALSE(address_from("::")->is_loopback());
  EXPECT_FALSE(address_from("128.0.0.1")->is_loopback());
}

TEST(Address, is_refused_where_it_is_not_whole) {
  for (const std::string& text :
       {std::string(), std::string("localhost"), std::string("1.2.3"), std::string("1.2.3.4:80"),
        std::string("[1.2.3.4]"), std::string("256.0.0.1"), std::string("::1%lo"),
        std::string(" ::1"), std::string("::1\0", 4), std::string("[]"), std::string("01.2.3.4")}) {
    EXPECT_FALSE(address_from(text)) << text;
  }
}

TEST(Network, contains_the_addresses_of_its_prefix) {
  const auto contains = [](std::string_view network, std::string_view address) {
    return network_from(network)->contains(*address_from(address));
  };
  EXPECT_TRUE(contains("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.1"));
  EXPECT_TRUE(contains("10.1.2.4/30", "10.1.2.7"));
  EXPECT_FALSE(contains("10.1.2.4/30", "10.1.2.8"));
  EXPECT_TRUE(contains("10.1.2.3", "::ffff:10.1.2.3"));
  EXPECT_FALSE(contains("10.1.2.3", "10.1.2.2"));
  EXPECT_TRUE(contains("0.0.0.0/0", "203.0.113.9"));
  EXPECT_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(contains("::/0", "203.0.113.9"));
  EXPECT_TRUE(contains("2001:db8::/33", "2001:db8:7fff::"));
  EXPECT_FALSE(contains("2001:db8::/33", "2001:db8:8000::"));
}

TEST(Network, is_refused_where_it_has_two_readings) {
  for (const std::string_view text :
       {"10.0.0.1/8", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/8x", "/8", "10.0.0.0/-1",
        "10.0.0/8", "fd00::1/64", ""}) {
    EXPECT_FALSE(network_from(text)) << text;
  }
}

}  // namespace seshdb
