// The conformance cases against the command layer in one process: no sockets, one core.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "commands/table.h"
#include "support/cases_on_target.h"
#include "support/local_target.h"

namespace seshdb::testing {

TEST(ConformanceInProcess, every_case_gives_the_answers_of_the_contract) {
  LocalTarget target;
  run_all_cases(target);
}

TEST(ConformanceData, has_cases_for_every_command_of_the_table) {
  std::set<std::string> files;
  for (const Case& one : load_cases(kCasesFolder)) files.insert(one.file);
  for (const commands::Command& command : commands::all_commands()) {
    EXPECT_EQ(files.count(std::string(command.name)), 1U)
        << command.name << " needs a file of cases in tests/conformance/data";
  }
}

// Every status that a row promises is expected by some case of that command's file.
TEST(ConformanceData, expects_every_status_of_every_row_but_the_unreachable) {
  // A token collision and a value of 512 MiB are shown by unit tests.
  const std::set<std::pair<std::string, Status>> elsewhere = {{"SH_NEW", Status::kSessionNewFail},
                                                              {"KV_APPEND", Status::kOutOfBounds}};
  std::map<std::string, std::string> texts;
  for (const Case& one : load_cases(kCasesFolder)) texts[one.file] += to_text(one.json);
  for (const commands::Command& command : commands::all_commands()) {
    const std::string& text = texts[std::string(command.name)];
    for (const Status status : command.statuses) {
      if (elsewhere.count({std::string(command.name), status}) != 0) continue;
      const std::string number = std::to_string(static_cast<int>(status));
      const bool expected = text.find(":" + number + "}") != std::string::npos ||
                            text.find(":" + number + ",") != std::string::npos ||
                            text.find("\"$fault\":[" + number + ",") != std::string::npos;
      EXPECT_TRUE(expected) << command.name << " has no case that expects " << number;
    }
  }
}

}  // namespace seshdb::testing
