// A JSON reader for the tests only, independent of src/json so that one checks the other. Keeps
// order, duplicates, the digits of numbers and the escapes of strings. No library does:
// docs/decisions/0011-parsers-of-libraries.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace seshdb::testing {

struct Json {
  // Defaulted where the type is complete, as a vector of pairs of itself needs it.
  Json();
  Json(const Json&);
  Json(Json&&) noexcept;
  Json& operator=(const Json&);
  Json& operator=(Json&&) noexcept;
  ~Json();

  enum class Kind { kObject, kArray, kString, kNumber, kWord };
  Kind kind = Kind::kWord;
  std::string text;  // a number or word as it stands; a string between its quotes
  std::vector<std::pair<Json, Json>> members;  // names are strings
  std::vector<Json> items;

  [[nodiscard]] std::string decoded() const;  // of a string: escapes decoded, as WTF-8
  [[nodiscard]] const Json* find(std::string_view name) const;  // the last member of that name
  [[nodiscard]] bool is_string() const { return kind == Kind::kString; }
  [[nodiscard]] bool is_object() const { return kind == Kind::kObject; }
};

/// Nothing where `text` is not exactly one JSON value, or is nested deeper than 5,000.
[[nodiscard]] std::optional<Json> parse_json(std::string_view text);

/// `text` as a JSON string with its quotes.
[[nodiscard]] std::string json_string(std::string_view text);

/// Compact text; numbers, strings, order and duplicates are unchanged.
[[nodiscard]] std::string to_text(const Json& json);

}  // namespace seshdb::testing
