// Structured log lines on standard error: `time=… level=… msg="…" name=value …`.
// Never log a stored value, a request's text or a whole token.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace seshdb::logging {

enum class Level : std::uint8_t { kDebug, kInfo, kWarn, kError, kOff };

/// One `name=value` of a line. Text values are quoted and escaped if necessary.
struct Field {
  Field(std::string_view field_name, std::string_view text);
  Field(std::string_view field_name, const char* text);
  Field(std::string_view field_name, const std::string& text);
  Field(std::string_view field_name, std::uint64_t number);
  Field(std::string_view field_name, std::uint32_t number);
  Field(std::string_view field_name, int number);

  std::string_view name;
  std::string value;
};

using Fields = std::initializer_list<Field>;

/// Drops lines below `level`. Any thread.
void set_level(Level level);
/// The level of that name ("debug", "info", "warn", "error", "off"), if there is one.
[[nodiscard]] std::optional<Level> level_of(std::string_view name);

void debug(std::string_view message, Fields fields = {});
void info(std::string_view message, Fields fields = {});
void warn(std::string_view message, Fields fields = {});
void error(std::string_view message, Fields fields = {});

}  // namespace seshdb::logging
