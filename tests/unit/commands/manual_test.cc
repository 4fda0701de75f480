// The manual is made from the table, and its examples are true.
#include "commands/manual.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "commands/table.h"
#include "support/local_target.h"

namespace seshdb::commands {

TEST(Manual, in_docs_is_the_one_that_the_program_prints) {
  std::ifstream file(SESHDB_SOURCE_DIR "/docs/commands.md");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), manual_markdown())
      << "make it anew: build/release/seshdb help --markdown > docs/commands.md";
}

TEST(Manual, describes_every_command_and_parameter) {
  for (const Command& command : all_commands()) {
    const auto text = manual_text(command.name);
    ASSERT_TRUE(text) << command.name;
    EXPECT_NE(text->find(command.summary), std::string::npos);
    for (const Param& param : command.params) {
      EXPECT_NE(text->find(param.name), std::string::npos) << command.name << ' ' << param.name;
      EXPECT_FALSE(param.summary.empty()) << command.name << ' ' << param.name;
    }
    EXPECT_FALSE(command.example.request.empty()) << command.name;
  }
  EXPECT_TRUE(manual_text("kv_update"));
  EXPECT_FALSE(manual_text("KV_NOTHING"));
}

TEST(Manual, shows_examples_that_are_requests_with_answers_of_the_right_members) {
  testing::LocalTarget target;
  for (const Command& command : all_commands()) {
    const auto answer = target.send(command.example.request);
    if (command.example.answer.empty()) {
      EXPECT_TRUE(command.answer.empty()) << command.name;
      continue;
    }
    ASSERT_TRUE(answer) << command.name;
    const auto shown = testing::parse_json(command.example.answer);
    ASSERT_TRUE(shown) << command.name;
    const std::string expected_name = std::string(command.name) + "_RSP";
    ASSERT_EQ(shown->members.at(0).first.text, expected_name);
    ASSERT_EQ(testing::parse_json(*answer)->members.at(0).first.text, expected_name);
    for (const auto& [name, value] : shown->members.at(0).second.members) {
      bool known = name.text == "rid" || command.name == "KV_RMV" ||  // its members are keys
                   command.name == "KV_FIND";                         // one is named as `rsp`
      for (const AnswerMember& member : command.answer) known = known || member.name == name.text;
      EXPECT_TRUE(known) << command.name
                         << " shows a member that it does not describe: " << name.text;
    }
  }
}

TEST(CommandTable, finds_every_command_by_its_exact_name_only) {
  for (const Command& command : all_commands()) {
    EXPECT_EQ(find_command(command.name), &command);
    EXPECT_EQ(find_command(std::string(command.name) + "X"), nullptr);
    EXPECT_EQ(find_command(std::string(command.name).substr(1)), nullptr);
  }
  EXPECT_EQ(find_command(""), nullptr);
  EXPECT_EQ(find_command("kv_get"), nullptr);
}

}  // namespace seshdb::commands
