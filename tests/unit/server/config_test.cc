// Options and the settings file: what is taken, and how a wrong one is told.
#include "server/config.h"

#include <gtest/gtest.h>

#include "support/temporary_file.h"

namespace seshdb::server {

namespace {

CommandLine read(std::vector<std::string> arguments) {
  std::vector<const char*> pointers = {"seshdb"};
  for (const std::string& argument : arguments) pointers.push_back(argument.c_str());
  return read_command_line(static_cast<int>(pointers.size()), pointers.data());
}

// The usage error, or "" where there is none.
std::string fault(std::vector<std::string> arguments) {
  const CommandLine command = read(std::move(arguments));
  return command.kind == CommandLine::Kind::kUsageError ? command.text : "";
}

}  // namespace

TEST(Config, takes_options_from_the_command_line) {
  const CommandLine command = read({"--port", "2000", "--threads=3", "--allow-origin", "http://a",
                                    "--allow-origin", "http://b", "--log-level", "warn"});
  ASSERT_EQ(command.kind, CommandLine::Kind::kServe);
  EXPECT_EQ(command.config.port, 2000);
  EXPECT_EQ(command.config.threads, 3U);
  EXPECT_EQ(command.config.allow_origins, (std::vector<std::string>{"http://a", "http://b"}));
  EXPECT_EQ(command.config.log_level, logging::Level::kWarn);
}

TEST(Config, takes_the_same_names_from_a_file_and_the_command_line_wins) {
  const testing::TemporaryFile file(
      "# settings\n\nport = 2000   # a comment\n  threads=2\nlisten = \"0.0.0.0\" # all\r\n"
      "data = \"/tmp/a#b\"\nallow-origin = \"http://a\"\nallow-origin = http://c # c\n");
  const CommandLine command = read({"--config", file.path(), "--port", "3000"});
  ASSERT_EQ(command.kind, CommandLine::Kind::kServe) << command.text;
  EXPECT_EQ(command.config.port, 3000);
  EXPECT_EQ(command.config.threads, 2U);
  EXPECT_EQ(command.config.listen, "0.0.0.0");
  EXPECT_EQ(command.config.allow_origins, (std::vector<std::string>{"http://a", "http://c"}));
  EXPECT_EQ(command.config.data, "/tmp/a#b");
}

TEST(Config, says_which_option_and_value_are_wrong_and_what_is_allowed) {
  for (const auto& [option, value, allowed] : std::vector<std::array<std::string, 3>>{
           {"--port", "65536", "0 to 65535"},
           {"--port", "-1", "0 to 65535"},
           {"--port", "http", "0 to 65535"},
           {"--port", "1987x", "0 to 65535"},
           {"--threads", "0", "1 to 256"},
           {"--message-bytes-max", "63", "64 to 67108864"},
           {"--depth-max", "4097", "8 to 4096"},
           {"--log-level", "loud", "debug, info, warn, error or off"},
           {"--allow-origin", "example.com", "an origin such as"}}) {
    const std::string text = fault({option, value});
    EXPECT_NE(text.find(option), std::string::npos) << text;
    EXPECT_NE(text.find("'" + value + "'"), std::string::npos) << text;
    EXPECT_NE(text.find(allowed), std::string::npos) << text;
  }
  EXPECT_NE(fault({"--prot", "1"}).find("--prot"), std::string::npos);
  EXPECT_NE(fault({"--port"}).find("--port"), std::string::npos);
  EXPECT_NE(fault({"stray"}).find("stray"), std::string::npos);
  EXPECT_NE(fault({"help", "KV_NOTHING"}).find("KV_NOTHING"), std::string::npos);
  EXPECT_NE(fault({"--idle-ping-ms", "5000", "--idle-close-ms", "5000"}).find("idle-ping-ms"),
            std::string::npos);
}

TEST(Config, takes_no_origin_that_no_browser_sends) {
  const std::string path = "https://Example.com:443/app";
  const std::string said =
      "allow-origin: '" + path +
      "' is not allowed; it takes an origin such as https://example.com, or *; it has a path";
  EXPECT_NE(fault({"--allow-origin", path}).find("--" + said), std::string::npos);
  EXPECT_NE(fault({"--allow-origin", "https://a", "--allow-origin", path}).find(said),
            std::string::npos);
  const testing::TemporaryFile file("allow-origin = https://a\nallow-origin = " + path + "\n");
  EXPECT_NE(fault({"--config", file.path()}).find(file.path() + ":2: " + said), std::string::npos);
  const testing::TemporaryFile empty("allow-origin = \"\"\n");
  EXPECT_NE(fault({"--config", empty.path()}).find("it is empty"), std::string::npos);
  EXPECT_EQ(read({"--allow-origin", "*"}).kind, CommandLine::Kind::kServe);
  EXPECT_EQ(read({"--allow-origin", "null"}).kind, CommandLine::Kind::kServe);
}

TEST(Config, says_in_which_line_of_the_file_a_fault_is) {
  for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
           {"port = 1\n\nport = x\n", ":3: port: 'x' is not allowed"},
           {"# c\ncolour = red\n", ":2: there is no setting 'colour'"},
           {"port 1987\n", ":1: expected name = value"},
           {"listen = \"127.0.0.1\n", ":1: listen: the quotes are not closed"},
           {"listen =\n", ":1: listen: ''"}}) {
    const testing::TemporaryFile file(text);
    const std::string said = fault({"--config", file.path()});
    EXPECT_NE(said.find(file.path() + expected), std::string::npos) << said;
  }
  EXPECT_NE(fault({"--config", "/no/such/file"}).find("/no/such/file"), std::string::npos);
  EXPECT_NE(fault({"--config", "/proc/self"}).find("Is a directory"), std::string::npos);
}

TEST(Config, prints_help_and_version) {
  EXPECT_EQ(read({"--help"}).kind, CommandLine::Kind::kPrint);
  EXPECT_NE(read({"--help"}).text.find("--message-bytes-max"), std::string::npos);
  EXPECT_EQ(read({"--version"}).text.rfind("seshdb 0.", 0), 0U);
  EXPECT_NE(read({"help"}).text.find("KV_UPDATE"), std::string::npos);
  EXPECT_NE(read({"help", "KV_GET"}).text.find("Example"), std::string::npos);
}

}  // namespace seshdb::server
