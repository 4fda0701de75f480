// CLI11 reads the options from one table. Values are checked here, so that a wrong value gives the
// same message on the command line and in the file. CLI11 does not read the file:
// docs/decisions/0011-parsers-of-libraries.md.
#include "server/config.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <optional>

#include "admin/tool_options.h"
#include "base/ascii.h"
#include "base/result.h"
#include "commands/manual.h"
#include "server/setters.h"

namespace seshdb::server {

namespace {

// Changes a setting. The error says what is allowed.
using Setter = Result<void> (*)(Config&, const std::string&);

struct Option {
  const char* name;
  const char* value;  // the name of the value in --help
  Setter set;
  const char* help;
  bool hidden = false;
};

constexpr std::array kOptions{
    Option{"listen", "ADDRESS",
           [](Config& c, const std::string& v) { return set_text(c.listen, v); },
           "address to listen on (127.0.0.1)"},
    Option{"port", "PORT",
           [](Config& c, const std::string& v) { return set_number(c.port, v, 0, 65'535); },
           "port to listen on; 0 takes a free one (1987)"},
    Option{"threads", "N",
           [](Config& c, const std::string& v) {
             return set_number(c.threads, v, 1, limits::kThreadsMost);
           },
           "cores to use (one for each processor the server may use)"},
    Option{"connections-max", "N",
           [](Config& c, const std::string& v) {
             return set_number(c.connections_max, v, 1, limits::kConnectionsMost);
           },
           "clients at the same time; more are refused (10000)"},
    Option{"message-bytes-max", "BYTES",
           [](Config& c, const std::string& v) {
             return set_number(c.bounds.message_bytes, v, limits::kMessageBytesLeast,
                               limits::kMessageBytesMost);
           },
           "size of one request (1048576)"},
    Option{"depth-max", "LEVELS",
           [](Config& c, const std::string& v) {
             return set_number(c.bounds.depth, v, limits::kDepthLeast, limits::kDepthMost);
           },
           "nesting of arrays and objects in requests and values (1024)"},
    Option{"answer-bytes-max", "BYTES",
           [](Config& c, const std::string& v) {
             return set_number(c.bounds.answer_bytes, v, limits::kAnswerBytesLeast,
                               limits::kAnswerBytesMost);
           },
           "size of what one KV_READ, KV_FIND or SH_FIND gives, and of the stored values that a "
           "KV_READ, KV_PATCH or KV_MERGE may scan, open or copy (16777216)"},
    Option{"find-steps-max", "STEPS",
           [](Config& c, const std::string& v) {
             return set_number(c.bounds.find_steps, v, 1, limits::kFindStepsMost);
           },
           "work of one KV_FIND: values visited, comparisons, 64 bytes read (40000)"},
    Option{"find-results-max", "N",
           [](Config& c, const std::string& v) {
             return set_number(c.bounds.find_results, v, 1, limits::kFindResultsMost);
           },
           "results of one KV_FIND (10000)"},
    Option{"unsent-bytes-max", "BYTES",
           [](Config& c, const std::string& v) {
             return set_number(c.unsent_bytes_max, v, limits::kUnsentBytesLeast,
                               limits::kUnsentBytesMost);
           },
           "answers a client has not taken yet, beyond which reading from it pauses (16777216)"},
    Option{"memory-max", "BYTES",
           [](Config& c, const std::string& v) {
             return set_number(c.memory_max, v, limits::kMemoryLeast, limits::kMemoryMost);
           },
           "memory of the server, beyond which it refuses what would take more (four fifths of the "
           "machine's or its control group's)"},
    Option{"handshake-timeout-ms", "MS",
           [](Config& c, const std::string& v) {
             return set_number(c.handshake_timeout_ms, v, 1, limits::kTimeoutMsMost);
           },
           "time for a TLS handshake, and for a client to send a whole HTTP request or upgrade "
           "(10000)"},
    Option{"idle-ping-ms", "MS",
           [](Config& c, const std::string& v) {
             return set_number(c.idle_ping_ms, v, 1, limits::kTimeoutMsMost);
           },
           "silence after which a WebSocket is pinged (25000)"},
    Option{"idle-close-ms", "MS",
           [](Config& c, const std::string& v) {
             return set_number(c.idle_close_ms, v, 1, limits::kTimeoutMsMost);
           },
           "silence after which a connection is closed (75000)"},
    Option{"allow-origin", "ORIGIN", add_origin,
           "let pages of this origin in, besides the server's own; may be given more than once"},
    Option{"tls-cert", "FILE",
           [](Config& c, const std::string& v) { return set_text(c.tls.certificate_file, v); },
           "speak TLS only, with this certificate (PEM, its issuers behind it) (no TLS)"},
    Option{"tls-key", "FILE",
           [](Config& c, const std::string& v) { return set_text(c.tls.key_file, v); },
           "with --tls-cert: its private key (PEM, without a password)"},
    Option{"tls-client-ca", "FILE",
           [](Config& c, const std::string& v) { return set_text(c.tls.client_ca_file, v); },
           "with --tls-cert: issuers of client certificates (PEM); clients may show one (none)"},
    Option{"tls-min", "VERSION", set_tls_min,
           "with --tls-cert: oldest version of TLS, 1.2 or 1.3 (1.2)"},
    Option{"secret-file", "FILE",
           [](Config& c, const std::string& v) { return set_text(c.secret_file, v); },
           "where the secret behind shared sessions' tokens is kept; made where it is missing (in "
           "memory only)"},
    Option{"data", "DIR", [](Config& c, const std::string& v) { return set_text(c.data, v); },
           "directory to keep everything in, made where it is missing; used by one server at a "
           "time (memory only)"},
    Option{"savePath", "DIR",
           [](Config& c, const std::string& v) { return set_text(c.save_path, v); },
           "directory for named saves (SH_SAVE), made where it is missing (saves in the --data "
           "directory; without that none)"},
    Option{"loadName", "NAME", set_load_name,
           "begin with the sessions of the newest save of this name; with --data only where the "
           "directory "
           "is new"},
    Option{"loadPath", "DIR",
           [](Config& c, const std::string& v) { return set_text(c.load_path, v); },
           "with --loadName: the directory that has it (where saves are made)"},
    Option{"sync", "WHEN", set_sync,
           "with --data: when changes are put on the disk: always (before they are answered), "
           "interval (at least every second) or off (when the kernel does) (interval)"},
    Option{"checkpoint-bytes", "BYTES",
           [](Config& c, const std::string& v) {
             return set_number(c.log.checkpoint_bytes, v, limits::kCheckpointBytesLeast,
                               limits::kCheckpointBytesMost);
           },
           "with --data: length of a core's log below which no checkpoint is written (268435456)"},
    Option{"checkpoint-ratio", "X", set_checkpoint_ratio,
           "with --data: a checkpoint is written when the log is longer than the last one times "
           "this (1)"},
    Option{"log-level", "LEVEL", set_log_level, "debug, info, warn, error or off (info)"},
    Option{"echo", "BOOL", set_echo, "", true},
    Option{"crash-at", "NAME:COUNT", set_crash_at, "", true},
    Option{"segment-bytes", "BYTES",
           [](Config& c, const std::string& v) {
             return set_number(c.log.segment_bytes, v, 1, limits::kCheckpointBytesMost);
           },
           "", true},
};

const Option* find_option(std::string_view name) {
  const auto* const found = std::find_if(kOptions.begin(), kOptions.end(),
                                         [name](const Option& o) { return o.name == name; });
  return found == kOptions.end() ? nullptr : found;
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
  if (const auto checked = check_tls(config.tls); !checked) return checked;
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
  std::array<std::vector<std::string>, kOptions.size()> values;
  for (std::size_t i = 0; i < kOptions.size(); ++i) {
    const Option& option = kOptions.at(i);
    CLI::Option* const added =
        app.add_option("--" + std::string(option.name), values.at(i), option.help);
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
  for (std::size_t i = 0; i < kOptions.size(); ++i) {
    for (const std::string& value : values.at(i)) {
      if (const auto set = kOptions.at(i).set(config, value); !set) {
        return usage_error(wrong_value("--", kOptions.at(i), value, set.error()));
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
  return command;
}

}  // namespace seshdb::server
