// The lines use spdlog for levels and time stamps, with a format and a sink of their own. The sink
// never blocks.
#include "base/logging.h"

#include <poll.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <iterator>
#include <memory>
#include <mutex>

namespace seshdb::logging {

namespace {

// Standard error may be a pipe whose reader has stopped. The sink drops lines that would block, and
// logs their number once there is room again.
class StandardError final : public spdlog::sinks::base_sink<std::mutex> {
 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    // If poll reports room, a pipe accepts PIPE_BUF bytes (POSIX, pipe(7)); no line is longer.
    pollfd room{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
    if (poll(&room, 1, 0) == 0) {
      ++dropped_;
      return;
    }
    spdlog::memory_buf_t line;
    if (dropped_ != 0) {
      fmt::format_to(std::back_inserter(line), "level=warn msg=\"dropped log lines\" count={}\n",
                     dropped_);
      dropped_ = 0;
    }
    formatter_->format(message, line);
    const std::size_t bytes = std::min<std::size_t>(line.size(), PIPE_BUF);
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), bytes);
  }
  void flush_() override {}

  std::uint64_t dropped_ = 0;
};

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = [] {
    auto made = std::make_shared<spdlog::logger>("seshdb", std::make_shared<StandardError>());
    made->set_pattern("time=%Y-%m-%dT%H:%M:%S.%eZ level=%l %v", spdlog::pattern_time_type::utc);
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

// Quotes a value that would break the `name=value` form, so that a client cannot forge a field.
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

}  // namespace seshdb::logging
