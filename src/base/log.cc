// The log on spdlog: its sinks, levels and time stamps; our line format.
#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace seshdb::log {

namespace {

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = [] {
    auto made = std::make_shared<spdlog::logger>("seshdb",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("time=%Y-%m-%dT%H:%M:%S.%eZ level=%l %v", spdlog::pattern_time_type::utc);
    made->flush_on(spdlog::level::debug);
    return made;
  }();
  return *instance;
}

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarn:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
    case Level::kOff:
      break;
  }
  return spdlog::level::off;
}

// Quotes what would break `name=value` apart, so that nothing a client sends can forge a field.
std::string quoted(std::string_view text) {
  bool plain = !text.empty();
  for (const char c : text) {
    plain = plain && c > ' ' && c != '"' && c != '=' && c != '\\' && c != '\x7f';
  }
  if (plain) {
    return std::string(text);
  }
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == '\x7f') {
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out += c;
    }
  }
  out += '"';
  return out;
}

void write(Level level, std::string_view message, Fields fields) {
  if (!logger().should_log(to_spdlog(level))) {
    return;
  }
  std::string line = "msg=" + quoted(message);
  for (const Field& field : fields) {
    line += ' ';
    line += field.name;
    line += '=';
    line += field.value;
  }
  logger().log(to_spdlog(level), "{}", line);
}

}  // namespace

Field::Field(std::string_view field_name, std::string_view text)
    : name(field_name), value(quoted(text)) {}
Field::Field(std::string_view field_name, const char* text)
    : Field(field_name, std::string_view(text)) {}
Field::Field(std::string_view field_name, const std::string& text)
    : Field(field_name, std::string_view(text)) {}
Field::Field(std::string_view field_name, std::uint64_t number)
    : name(field_name), value(std::to_string(number)) {}
Field::Field(std::string_view field_name, std::uint32_t number)
    : name(field_name), value(std::to_string(number)) {}
Field::Field(std::string_view field_name, int number)
    : name(field_name), value(std::to_string(number)) {}

void set_level(Level level) { logger().set_level(to_spdlog(level)); }

std::optional<Level> level_of(std::string_view name) {
  if (name == "debug") return Level::kDebug;
  if (name == "info") return Level::kInfo;
  if (name == "warn") return Level::kWarn;
  if (name == "error") return Level::kError;
  if (name == "off") return Level::kOff;
  return std::nullopt;
}

void debug(std::string_view message, Fields fields) { write(Level::kDebug, message, fields); }
void info(std::string_view message, Fields fields) { write(Level::kInfo, message, fields); }
void warn(std::string_view message, Fields fields) { write(Level::kWarn, message, fields); }
void error(std::string_view message, Fields fields) { write(Level::kError, message, fields); }

}  // namespace seshdb::log
