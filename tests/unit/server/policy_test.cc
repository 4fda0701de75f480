// What clients without a key may do, by the settings and the address.
#include "server/policy.h"

#include <gtest/gtest.h>

#include <string>

namespace seshdb::server {

namespace {

using auth::Role;

Config with_keys() {
  Config config;
  config.auth_file = "keys";
  return config;
}

}  // namespace

TEST(Policy, lets_programs_on_this_machine_do_everything_where_nobody_chose) {
  for (const std::string& address :
       {std::string("127.0.0.1:1987"), std::string("127.9.9.9:1"), std::string("[::1]:1987")}) {
    const Result<auth::Policy> policy = policy_of({}, address);
    ASSERT_TRUE(policy) << address;
    EXPECT_EQ(policy->anonymous, Role::kAdmin);
    EXPECT_TRUE(policy->only_direct);
  }
}

TEST(Policy, of_a_public_address_has_to_be_chosen) {
  for (const std::string& address :
       {std::string("0.0.0.0:1987"), std::string("[::]:1987"), std::string("192.0.2.1:80"),
        std::string("[2001:db8::1]:80"), std::string("?")}) {
    const Result<auth::Policy> none = policy_of({}, address);
    ASSERT_FALSE(none) << address;
    EXPECT_NE(none.error().find("--auth-file"), std::string::npos);
    EXPECT_NE(none.error().find("--anonymous"), std::string::npos);
    const Result<auth::Policy> keys = policy_of(with_keys(), address);
    ASSERT_TRUE(keys);
    EXPECT_EQ(keys->anonymous, Role::kNone);
    Config chosen;
    chosen.anonymous = Role::kToken;
    const Result<auth::Policy> choice = policy_of(chosen, address);
    ASSERT_TRUE(choice);
    EXPECT_EQ(choice->anonymous, Role::kToken);
    EXPECT_FALSE(choice->only_direct);
  }
}

TEST(Policy, with_keys_asks_everybody_for_one_unless_somebody_chose) {
  Config config = with_keys();
  EXPECT_EQ(policy_of(config, "127.0.0.1:1")->anonymous, Role::kNone);
  config.anonymous = Role::kMonitor;
  EXPECT_EQ(policy_of(config, "127.0.0.1:1")->anonymous, Role::kMonitor);
  EXPECT_FALSE(policy_of(config, "127.0.0.1:1")->only_direct);
}

}  // namespace seshdb::server
