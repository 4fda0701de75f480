// Reading and searching a document.
#include <algorithm>
#include <stdexcept>

#include "json/path.h"
#include "support/document_model.h"
#include "support/oracle.h"
#include "support/path_oracle.h"
#include "support/slow_decimal.h"

namespace seshdb::testing {

namespace {

constexpr std::size_t kNodesMost = 1'000'000;

std::string quoted_name(const Json& name) { return '"' + name.text + '"'; }

std::string type_of(const Json& json) {
  switch (json.kind) {
    case Json::Kind::kObject:
      return "object";
    case Json::Kind::kArray:
      return "array";
    case Json::Kind::kString:
      return "string";
    case Json::Kind::kNumber:
      return "number";
    case Json::Kind::kWord:
      break;
  }
  return json.text == "null" ? "null" : "boolean";
}

// Each byte but the later ones of a character.
std::size_t characters(const std::string& wtf8) {
  return static_cast<std::size_t>(std::count_if(wtf8.begin(), wtf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string escaped(const std::string& name) {
  std::string out;
  for (const char c : name) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}

// The character at `i` of a normalized path's name; moves `i` behind it.
std::string take_character(const std::string& path, std::size_t& i) {
  if (path[i] != '\\') return {path[i++]};
  const char kind = path[i + 1];
  i += kind == 'u' ? 6 : 2;
  if (kind == '\'' || kind == '\\') return {kind};
  const std::string escape = kind == 'u' ? path.substr(i - 6, 6) : std::string("\\") + kind;
  return parse_json('"' + escape + '"')->decoded();
}

// $['a'][0] is /a/0.
std::string pointer_of(const std::string& path) {
  std::string pointer;
  for (std::size_t i = 1; i < path.size(); ++i) {  // at a bracket
    pointer += '/';
    if (path[++i] != '\'') {
      for (; path[i] != ']'; ++i) pointer += path[i];
      continue;
    }
    std::string name;
    for (++i; path[i] != '\'';) name += take_character(path, i);
    pointer += escaped(name);
    ++i;
  }
  return pointer;
}

bool is_less(const Json& a, const Json& b) {
  if (a.kind != b.kind) return false;
  if (a.kind == Json::Kind::kNumber) return slow_compare(a.text, b.text) < 0;
  return a.is_string() && a.decoded() < b.decoded();
}

bool compares(const Json& a, const std::string& op, const Json& b) {
  const bool is_equal = equal_by_value(a, b);
  const bool is_scalar = !a.is_object() && a.kind != Json::Kind::kArray;
  if (op == "==") return is_equal;
  if (op == "!=") return !is_equal;
  if (op == "<") return is_less(a, b);
  if (op == ">") return is_less(b, a);
  if (op == "<=") return is_less(a, b) || (is_equal && is_scalar);
  return is_less(b, a) || (is_equal && is_scalar);
}

}  // namespace

std::optional<std::string> read_as(Json& document, const std::string& pointer,
                                   const std::string& as) {
  const Json* const found = select(document, pointer);
  if (found == nullptr) return std::nullopt;
  if (as == "value") return to_text(*found);
  if (as == "type") return '"' + type_of(*found) + '"';
  const bool is_array = found->kind == Json::Kind::kArray;
  if (as == "size") {
    if (found->is_string()) return std::to_string(characters(found->decoded()));
    if (!found->is_object() && !is_array) return std::nullopt;
    return std::to_string(found->members.size() + found->items.size());
  }
  if (!found->is_object()) return std::nullopt;
  std::string names;
  for (const auto& [name, value] : found->members) {
    names += (names.empty() ? "" : ",") + quoted_name(name);
  }
  return '[' + names + ']';
}

std::vector<std::string> find_path(const Json& document, const std::string& path,
                                   const std::string& rsp) {
  const auto parsed = json::Path::parse(path);
  if (!parsed) throw std::runtime_error(path + ": " + parsed.error().message);
  const auto found = slow_find(*parsed, document, kNodesMost);
  if (!found) throw std::runtime_error("too many nodes: " + path);
  std::vector<std::string> all;
  for (const SlowNode& node : *found) {
    all.push_back(rsp == "values"  ? to_text(*node.value)
                  : rsp == "paths" ? json_string(node.path)
                                   : json_string(pointer_of(node.path)));
  }
  return all;
}

std::vector<std::string> find_keys(Keys& keys, const std::string& pointer, const std::string& op,
                                   const Json& operand) {
  std::vector<std::string> names;
  for (auto& [name, value] : keys) {
    const Json* const found = select(value, pointer);
    if (found != nullptr && compares(*found, op, operand)) names.push_back(name);
  }
  return names;
}

}  // namespace seshdb::testing
