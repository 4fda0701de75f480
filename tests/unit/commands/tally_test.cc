// How requests are counted, and which are timed.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <string>

#include "commands/table.h"
#include "commands/tally.h"
#include "support/local_target.h"
#include "support/socket_client.h"

namespace seshdb::testing {

namespace {

using commands::all_commands;
using commands::CommandTally;
using commands::Tally;

struct Request {
  std::string command;
  std::string params;  // behind the token
  Status status;       // under which it is counted
};

class Counting : public ::testing::Test {
 protected:
  Counting() : token_(token_of(*target_.send(R"({"SH_NEW":{"name":"a"}})"))) {}

  // Of all cores together; "" is a request without a command.
  std::uint64_t total(const std::string& command) {
    return sum(command, [](const CommandTally& tally) { return tally.total(); });
  }
  std::uint64_t count(const std::string& command, Status status) {
    return sum(command, [status](const CommandTally& tally) { return tally.count_of(status); });
  }
  template <typename Read>
  std::uint64_t sum(const std::string& command, Read read) {
    std::uint64_t all = 0;
    for (std::uint32_t core = 0; core < target_.cores(); ++core) {
      const Tally& tally = target_.tally(core);
      all += read(command.empty() ? tally.of_none() : tally.of(*commands::find_command(command)));
    }
    return all;
  }
  void ask(const Request& request) {
    (void)target_.send("{\"" + request.command + "\":{\"tkn\":\"" + token_ + '"' + request.params +
                       "}}");
  }

  LocalTarget target_{2};
  std::string token_;
};

}  // namespace

TEST_F(Counting, a_request_counts_once_under_the_first_fault_of_its_answer) {
  const std::vector<Request> requests = {
      {"KV_SET", R"(,"keys":{"a":1,"b":"x"})", Status::kOk},
      {"KV_SET", R"(,"keys":{"a":1})", Status::kOk},
      {"KV_SETQ", R"(,"keys":{"a":1})", Status::kOk},
      {"KV_SETQ", "", Status::kParamMissing},
      {"KV_ADD", R"(,"keys":{"c":1,"a":2,"d":3})", Status::kKeyExist},
      {"KV_ADDQ", R"(,"keys":{"e":1})", Status::kOk},
      {"KV_ADDQ", R"(,"keys":{"a":1})", Status::kKeyExist},
      {"KV_GET", R"(,"keys":["a","nothing"])", Status::kOk},
      {"KV_GET", R"(,"keys":1)", Status::kValueTypeInvalid},
      {"KV_APPEND", R"(,"keys":{"b":"y"})", Status::kOk},
      {"KV_APPEND", R"(,"keys":{"b":"y","a":[1],"nothing":1})", Status::kValueTypeInvalid},
      {"KV_UPDATE", R"(,"key":"a","":2)", Status::kOk},
      {"KV_UPDATE", R"(,"key":"a","/x":2)", Status::kPathNotExist},
      {"KV_UPDATE", R"(,"key":"a","x":2)", Status::kPathInvalid},
      {"KV_RMV", R"(,"keys":["a"])", Status::kOk},
      {"KV_RMV", R"(,"keys":["b","a"])", Status::kKeyNotExist},
      {"KV_COUNT", R"(,"foo":1)", Status::kCommandSyntax},
      {"KV_COUNT", R"(,"rid":[])", Status::kValueTypeInvalid},
      {"SH_END", "", Status::kOk},
      {"SH_END", "", Status::kSessionNotExist},
  };
  for (const Request& request : requests) {
    const std::uint64_t total_before = total(request.command);
    const std::uint64_t count_before = count(request.command, request.status);
    ask(request);
    EXPECT_EQ(total(request.command), total_before + 1) << request.command << request.params;
    EXPECT_EQ(count(request.command, request.status), count_before + 1)
        << request.command << request.params;
  }
}

TEST_F(Counting, commands_of_every_core_count_once) {
  (void)target_.send(R"({"SH_INFO_ALL":{}})");
  (void)target_.send(R"({"SH_INFO_ALL":{"foo":1}})");
  (void)target_.send(R"({"SH_EXISTS":[]})");
  EXPECT_EQ(count("SH_INFO_ALL", Status::kOk), 1U);
  EXPECT_EQ(count("SH_INFO_ALL", Status::kCommandSyntax), 1U);
  EXPECT_EQ(total("SH_INFO_ALL"), 2U);
  EXPECT_EQ(count("SH_EXISTS", Status::kCommandType), 1U);
}

TEST_F(Counting, what_names_no_command_counts_apart) {
  for (const char* text : {"{", "5", "{}", R"({"FOO":{}})", R"({"SH_NEW":{},"SH_NEW":{}})"}) {
    (void)target_.send(text);
  }
  EXPECT_EQ(count("", Status::kJsonInvalid), 1U);
  EXPECT_EQ(count("", Status::kCommandSyntax), 2U);
  EXPECT_EQ(count("", Status::kCommandNotExist), 1U);
  EXPECT_EQ(count("", Status::kCommandMultiple), 1U);
  EXPECT_EQ(total(""), 5U);
}

TEST(Tally, keeps_commands_apart) {
  Tally tally;
  std::uint64_t count = 0;
  for (const commands::Command& command : all_commands()) {
    for (++count; tally.of(command).total() < count;) tally.of(command).count(Status::kOk);
  }
  count = 0;
  for (const commands::Command& command : all_commands()) {
    EXPECT_EQ(tally.of(command).total(), ++count) << command.name;
  }
  EXPECT_EQ(tally.of_none().total(), 0U);
}

TEST(Tally, takes_any_status) {
  Tally tally;
  CommandTally& none = tally.of_none();
  constexpr auto kBeyondAll = static_cast<Status>(1'000);
  none.count(kBeyondAll);
  none.count(Status::kStorageFailed);
  EXPECT_EQ(none.count_of(kBeyondAll), 1U);
  EXPECT_EQ(none.count_of(Status::kStorageFailed), 1U);
  EXPECT_EQ(none.total(), 2U);
}

TEST(Tally, times_the_first_request_of_a_command_and_then_one_in_sixteen) {
  constexpr std::uint32_t kRequests = 160'000;
  Tally tally;
  CommandTally& get = tally.of(*commands::find_command("KV_GET"));
  EXPECT_TRUE(tally.is_to_be_timed(get));
  int timed = 0;
  for (std::uint32_t i = 0; i < kRequests; ++i) timed += tally.is_to_be_timed(get) ? 1 : 0;
  EXPECT_NEAR(timed, 10'000, 300);
  EXPECT_TRUE(tally.is_to_be_timed(tally.of(*commands::find_command("KV_SET"))));
}

// A fixed step of sixteen would always time the same request of a client that asks in turns.
TEST(Tally, times_each_request_of_a_pattern_as_often) {
  constexpr std::size_t kPattern = 16;
  Tally tally;
  CommandTally& get = tally.of(*commands::find_command("KV_GET"));
  std::array<int, kPattern> timed{};
  for (std::size_t i = 0; i < 160'000; ++i) {
    timed.at(i % kPattern) += tally.is_to_be_timed(get) ? 1 : 0;
  }
  for (const int count : timed) EXPECT_NEAR(count, 625, 125);
}

}  // namespace seshdb::testing
