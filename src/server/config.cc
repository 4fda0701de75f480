// CLI11 reads the options of the command line. It does not read the file:
// docs/decisions/0011-parsers-of-libraries.md.
#include "server/config.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <vector>

#include "admin/tool_options.h"
#include "base/ascii.h"
#include "base/result.h"
#include "commands/manual.h"
#include "server/options.h"

namespace seshdb::server {

namespace {

const Option* find_option(std::string_view name) {
  const auto found = std::find_if(options().begin(), options().end(),
                                  [name](const Option& o) { return o.name == name; });
  return found == options().end() ? nullptr : &*found;
}

std::string wrong_value(const std::string& where, const Option& option, const std::string& value,
                        const std::string& allowed) {
  return where + option.name + ": '" + value + "' is not allowed; it takes " + allowed;
}

constexpr std::string_view kSpaces = " \t\r";

// A value may be in double quotes. Outside them a # begins a comment.
Result<std::string> file_value(std::string_view text) {
  const std::string_view value = trimmed(text, kSpaces);
  if (value.empty() || value.front() != '"') {
    return std::string(trimmed(value.substr(0, value.find('#')), kSpaces));
  }
  const std::size_t close = value.find('"', 1);
  const std::string_view rest =
      close == std::string_view::npos ? "" : trimmed(value.substr(close + 1), kSpaces);
  if (close == std::string_view::npos || (!rest.empty() && rest.front() != '#')) {
    return fail("the quotes are not closed");
  }
  return std::string(value.substr(1, close - 1));
}

// Reads lines of `name = value`. Stops at the first error.
Result<void> read_file(const std::string& path, Config& config) {
  const auto unreadable = [&path] {
    return fail("--config: cannot read the file '" + path + "': " + std::strerror(errno));
  };
  std::ifstream file(path);
  if (!file) return unreadable();
  std::string line;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    const std::string where = path + ":" + std::to_string(number) + ": ";
    const std::string_view text = trimmed(line, kSpaces);
    if (text.empty() || text.front() == '#') continue;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) return fail(where + "expected name = value");
    const std::string name(trimmed(text.substr(0, equals), kSpaces));
    const Option* const option = find_option(name);
    if (option == nullptr) {
      return fail(where + "there is no setting '" + name + "'; see seshdb --help");
    }
    const Result<std::string> value = file_value(text.substr(equals + 1));
    if (!value) return fail(where + option->name + ": " + value.error());
    if (const auto set = option->set(config, *value); !set) {
      return fail(wrong_value(where, *option, *value, set.error()));
    }
  }
  // A folder opens like a file, and the disk may fail while it is read.
  if (file.bad()) return unreadable();
  return {};
}

CommandLine usage_error(const std::string& text) {
  CommandLine command;
  command.kind = CommandLine::Kind::kUsageError;
  command.text = "seshdb: " + text + "\n";
  return command;
}

CommandLine print(std::string text) {
  CommandLine command;
  command.kind = CommandLine::Kind::kPrint;
  command.text = std::move(text);
  return command;
}

Result<void> check_tls(const net::TlsSettings& tls) {
  if (tls.certificate_file.empty() != tls.key_file.empty()) {
    return fail(tls.key_file.empty() ? "tls-cert needs the certificate's key: tls-key"
                                     : "tls-key needs the key's certificate: tls-cert");
  }
  if (tls.is_on()) return {};
  if (!tls.client_ca_file.empty()) {
    return fail("tls-client-ca needs a certificate of the server: tls-cert and tls-key");
  }
  if (tls.version_min != net::TlsVersion::kTls12) {
    return fail("tls-min needs a certificate of the server: tls-cert and tls-key");
  }
  return {};
}

// Checks the settings that depend on each other.
Result<void> check_together(const Config& config) {
  if (config.idle_ping_ms >= config.idle_close_ms) {
    return fail("idle-ping-ms (" + std::to_string(config.idle_ping_ms) +
                ") has to be less than idle-close-ms (" + std::to_string(config.idle_close_ms) +
                ")");
  }
  if (auto checked = check_tls(config.tls); !checked) return checked;
  if (config.load_name.empty() && !config.load_path.empty()) {
    return fail("loadPath says where a save is, and no loadName which");
  }
  if (!config.load_name.empty() && config.load_path.empty() && saves_of(config).empty()) {
    return fail("loadName needs a directory that has the save: loadPath, savePath or data");
  }
  return {};
}

}  // namespace

std::string saves_of(const Config& config) {
  if (!config.save_path.empty() || config.data.empty()) return config.save_path;
  return config.data + "/saves";
}

CommandLine read_command_line(int argument_count, const char* const* arguments) {
  CLI::App app("SeshDB, a session-based JSON database.", "seshdb");
  app.set_help_flag("--help,-h", "print this text");
  app.set_version_flag("--version", std::string("seshdb ") + SESHDB_VERSION);
  app.footer("seshdb help [COMMAND] describes the commands of the protocol.");

  std::string file;
  app.add_option("--config", file, "read settings from a file: lines of name = value, # comments")
      ->type_name("FILE");
  std::vector<std::vector<std::string>> values(options().size());
  for (std::size_t i = 0; i < options().size(); ++i) {
    const Option& option = options()[i];
    CLI::Option* const added =
        app.add_option("--" + std::string(option.name), values[i], option.help);
    added->type_name(option.value)
        ->type_size(1)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    if (option.hidden) added->group("");
  }
  CLI::App* const help = app.add_subcommand("help", "describe the commands of the protocol");
  std::string topic;
  bool markdown = false;
  help->add_option("command", topic, "a command's name, for example KV_UPDATE");
  help->add_flag("--markdown", markdown, "all of it, as docs/commands.md has it");

  const admin::ToolOptions tools(app);

  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::CallForHelp&) {
    return print(app.help());
  } catch (const CLI::CallForVersion&) {
    return print(app.version() + "\n");
  } catch (const CLI::ParseError& error) {
    return usage_error(std::string(error.what()) + "\nsee seshdb --help");
  }
  if (help->parsed()) {
    if (markdown) return print(commands::manual_markdown());
    const std::optional<std::string> text = commands::manual_text(topic);
    return text ? print(*text)
                : usage_error("there is no command '" + topic + "'; see seshdb help");
  }
  Config config;
  if (!file.empty()) {
    if (const auto read = read_file(file, config); !read) return usage_error(read.error());
  }
  for (std::size_t i = 0; i < options().size(); ++i) {
    for (const std::string& value : values[i]) {
      if (const auto set = options()[i].set(config, value); !set) {
        return usage_error(wrong_value("--", options()[i], value, set.error()));
      }
    }
  }
  CommandLine command;
  command.config = config;
  command.tool = tools.asked_for();
  if (command.tool.kind != admin::Tool::Kind::kNone) {
    command.kind = CommandLine::Kind::kTool;
    return command;
  }
  if (const auto checked = check_together(config); !checked) return usage_error(checked.error());
  if (!config.auth_file.empty()) {
    Result<auth::Keys> keys = auth::Keys::read(config.auth_file);
    if (!keys) return usage_error("--auth-file: " + keys.error());
    command.config.keys = std::move(*keys);
  }
  return command;
}

}  // namespace seshdb::server
