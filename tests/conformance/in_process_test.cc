// The conformance cases against a server in the test's thread, without sockets.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "commands/table.h"
#include "support/cases_on_target.h"
#include "support/local_target.h"

namespace seshdb::testing {

namespace {

// Collects the statuses in `answer`, an expected answer of `command`: its own, and those of keys.
void note_answer(const std::string& command, const Json& answer, std::set<std::string>& statuses) {
  if (const Json* const choices = answer.find("$one_of"); choices != nullptr) {
    for (const Json& choice : choices->items) note_answer(command, choice, statuses);
    return;
  }
  if (const Json* const fault = answer.find("$fault"); fault != nullptr) {
    if (fault->items.at(1).text != "rid") statuses.insert(fault->items.at(0).text);
    return;
  }
  const Json* const content = answer.find(command + "_RSP");
  if (content == nullptr) return;
  for (const auto& [name, value] : content->members) {
    const bool of_key = command == "KV_RMV" && name.text != "rid";  // its keys are beside `tkn`
    if ((name.text == "st" || of_key) && value.kind == Json::Kind::kNumber) {
      statuses.insert(value.text);
    }
    if (name.text != "key" && (name.text != "keys" || command == "KV_GET")) continue;
    for (const auto& [key, status] : value.members) {
      if (status.kind == Json::Kind::kNumber) statuses.insert(status.text);
    }
  }
}

// Collects the statuses that a case expects of its file's command.
void note_statuses(const Case& one, std::set<std::string>& statuses) {
  const std::string begin = "{\"" + one.file + "\":";
  for (const Json& step : one.json.find("steps")->items) {
    const bool plain = step.kind == Json::Kind::kArray;
    const Json* const nested = step.find("nested");
    if (!plain && nested == nullptr) continue;
    const Json& sent = plain ? step.items.at(0) : *nested->find("before");
    const std::string text = sent.is_string() ? sent.decoded() : to_text(sent);
    if (text.rfind(begin, 0) == 0) {
      note_answer(one.file, plain ? step.items.at(1) : *step.find("expect"), statuses);
    }
  }
}

}  // namespace

TEST(ConformanceInProcess, every_case_gives_the_answers_of_the_contract) {
  LocalTarget target;
  run_all_cases(target);
}

TEST(ConformanceInProcess, every_case_gives_the_same_answers_over_a_slow_engine_with_conflicts) {
  constexpr std::uint64_t kSeeds = SESHDB_TEST_SHARE == 1 ? 5 : 1;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    LocalTarget target(3, LocalTarget::Keeper::kRemote, seed);
    run_all_cases(target);
  }
}

TEST(ConformanceData, has_cases_for_every_command_of_the_table) {
  std::set<std::string> files;
  for (const Case& one : load_cases(kCasesFolder)) files.insert(one.file);
  for (const commands::Command& command : commands::all_commands()) {
    EXPECT_EQ(files.count(std::string(command.name)), 1U)
        << command.name << " needs a file of cases in tests/conformance/data";
  }
}

// Some case of a command's file expects each status of the command, and no case expects another.
// Statuses of any command (12, and those of a refused `rid`) do not count.
TEST(ConformanceData, expects_the_statuses_of_every_row_and_no_others) {
  // Unit tests show a token collision and a value of 512 MiB; a merge is never deeper than its
  // message, unless the setting was lowered meanwhile; tests/server/save_test.cc shows saves that
  // fail; tests/server and tests/crash show a server without memory or disk.
  const std::set<std::pair<std::string, Status>> elsewhere = {
      {"SH_NEW", Status::kSessionNewFail},    {"SH_ROTATE", Status::kSessionNewFail},
      {"KV_APPEND", Status::kOutOfBounds},    {"KV_MERGE", Status::kOutOfBounds},
      {"SH_SAVE", Status::kSaveDirWriteFail}, {"SH_SAVE", Status::kSaveError}};
  const std::set<Status> without_room = {Status::kMemoryFull, Status::kStorageFull,
                                         Status::kStorageFailed};
  std::map<std::string, std::set<std::string>> seen;
  for (const Case& one : load_cases(kCasesFolder)) note_statuses(one, seen[one.file]);
  for (const commands::Command& command : commands::all_commands()) {
    const std::string name(command.name);
    std::set<std::string> promised = {"12"};
    for (const Status status : commands::statuses_of(command)) {
      if (without_room.count(status) != 0) continue;
      const std::string number = std::to_string(static_cast<int>(status));
      promised.insert(number);
      if (elsewhere.count({name, status}) != 0) continue;
      EXPECT_EQ(seen[name].count(number), 1U) << name << " has no case that expects " << number;
    }
    for (const std::string& number : seen[name]) {
      EXPECT_EQ(promised.count(number), 1U) << name << " does not document " << number;
    }
  }
}

}  // namespace seshdb::testing
