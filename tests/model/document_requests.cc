// Each operation of a patch is drawn for the document that those before it have made.
#include "model/document_requests.h"

#include <array>
#include <string_view>
#include <vector>

#include "support/oracle.h"

namespace seshdb::testing {

namespace {

constexpr std::size_t kCopyBytesMost = 1'500;
// Up to here a search may cost the square of the document.
constexpr std::size_t kWideBytesMost = 1'500;

std::string member(const char* name, const std::string& value) {
  return std::string(",\"") + name + "\":" + value;
}

// Of the JSON texts.
std::string list(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ",") + text;
  return '[' + all + ']';
}

// A string of a JSONPath.
std::string quoted(const std::string& name) {
  const std::string text = json_string(name);
  std::string out = "'";
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' && text[i + 1] == '"') continue;
    if (text[i] == '\'') out += '\\';
    out += text[i];
    if (text[i] == '\\') out += text[++i];
  }
  return out + "'";
}

// May a JSONPath name it? Not a lone surrogate, nor what makes the path too long.
bool is_named(const std::string& token) {
  return token.find('\xED') == std::string::npos && token.size() <= 100;
}

std::vector<std::string> decoded_tokens(const std::string& pointer) {
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      tokens.emplace_back();
    } else if (pointer[i] == '~') {
      tokens.back() += pointer[++i] == '0' ? '~' : '/';
    } else {
      tokens.back() += pointer[i];
    }
  }
  return tokens;
}

}  // namespace

std::string DocumentRequests::value(std::size_t levels) {
  if (!dice_.one_in(30)) return random_json(dice_, levels, {.duplicates = true});
  std::string items = random_json(dice_, 2);
  for (std::size_t n = 400 + dice_.roll(100); n > 0; --n) items += R"(,{"id":"number"})";
  return dice_.one_in(2) ? '[' + items + ']' : R"({"a":[)" + items + R"(],"b":{"name":1}})";
}

std::string DocumentRequests::pointer(const Json& document) {
  std::string found = random_pointer(dice_, document, dice_.one_in(10) ? 0 : 1);
  if (dice_.one_in(8)) {
    static constexpr std::array<std::string_view, 6> kMore{"/a",   "/-",      "/0",
                                                           "/b/-", "/name/a", "/"};
    found += dice_.pick(kMore);
  }
  return found;
}

std::string DocumentRequests::paths(const Keys& keys) {
  const Json document = document_of(keys);
  std::vector<std::string> all;
  for (std::size_t n = dice_.roll(5); n > 0; --n) all.push_back(json_string(pointer(document)));
  if (!all.empty() && dice_.one_in(6)) all.push_back(all.front());
  return list(all);
}

// A number, or now and then something else where there is something: one fault at a time.
std::string DocumentRequests::increment(Json& document, const std::string& path) {
  static constexpr std::array<std::string_view, 9> kNumbers{
      "1", "-1", "0", "0.10", "-2.50e1", "12345678901234567890", "1e3", "1E-2", "-0.0"};
  const bool is_there = select(document, path) != nullptr;
  return std::string(is_there && dice_.one_in(30) ? "\"1\"" : dice_.pick(kNumbers));
}

std::string DocumentRequests::operation(Json& document) {
  static constexpr std::array<std::string_view, 14> kOps{
      "add", "remove", "replace", "move", "copy", "test", "test",
      "set", "set",    "set",     "inc",  "inc",  "trim", "add"};
  static constexpr std::array<std::string_view, 8> kCounts{"0", "1",   "2",   "-1",
                                                           "9", "1.0", "1.5", "-20e-1"};
  const std::string op(dice_.pick(kOps));
  const std::string path = pointer(document);
  const std::string head = R"({"op":")" + op + R"(","path":)" + json_string(path);
  const Json* const there = select(document, path);
  if (op == "remove") return head + '}';
  if (op == "move") return head + member("from", json_string(pointer(document))) + '}';
  if (op == "copy") {
    const std::string from = pointer(document);
    const Json* const source = select(document, from);
    const bool is_small = source == nullptr || to_text(*source).size() <= kCopyBytesMost;
    return head + member("from", json_string(is_small ? from : "/none")) + '}';
  }
  if (op == "trim") {
    return head + member("value", std::string(there == nullptr ? "1" : dice_.pick(kCounts))) + '}';
  }
  if (op == "inc") return head + member("value", increment(document, path)) + '}';
  if (op == "test" && there != nullptr && !dice_.one_in(8)) {
    return head + member("value", to_text(*there)) + '}';
  }
  const bool is_object = path.empty() && dice_.one_in(2);
  return head + member("value", is_object ? R"({"a":{"b":1},"other":[]})" : value(2)) + '}';
}

// What would fail is mostly drawn again.
std::string DocumentRequests::operations(const Keys& keys) {
  std::vector<std::string> all;
  Keys after = keys;
  for (std::size_t n = dice_.one_in(15) ? 0 : 1 + dice_.roll(6); n > 0; --n) {
    for (int tries = 0; tries < 6; ++tries) {
      Json document = document_of(after);
      const std::string one = operation(document);
      const bool is_good = patch_keys(after, *parse_json('[' + one + ']')).status == 1;
      if (!is_good && !dice_.one_in(30)) continue;
      all.push_back(one);
      break;
    }
  }
  return list(all);
}

std::string DocumentRequests::filter() {
  static constexpr std::array<std::string_view, 14> kTests{"@.a",
                                                           "!@.b",
                                                           "@==1",
                                                           "@.a>1",
                                                           "@!=null",
                                                           "@<'b'",
                                                           "@.*",
                                                           "length(@)>1",
                                                           "count(@.*)==2",
                                                           "@[0]>=0.5",
                                                           "@.a==@.b",
                                                           "match(@,'a.*')",
                                                           "search(@,'[a-z]')",
                                                           "@.name||@['']"};
  std::string test(dice_.pick(kTests));
  if (dice_.one_in(4)) test += (dice_.one_in(2) ? "&&" : "||") + std::string(dice_.pick(kTests));
  return "[?" + test + ']';
}

std::string DocumentRequests::step(const std::string& token, bool is_wide) {
  const bool is_index = token.find_first_not_of("0123456789") == std::string::npos &&
                        !token.empty() && token.size() < 4 &&
                        (token.size() == 1 || token[0] != '0');
  switch (dice_.roll(9)) {
    case 0:
      return dice_.one_in(2) ? ".*" : "[*]";
    case 1:
      return filter();
    case 2:
      if (is_wide) return ".." + (is_named(token) ? '[' + quoted(token) + ']' : "*");
      return ".*";
    case 3:
      if (is_index) return "[" + token + ":]";
      return "[*,'a']";
    default:
      if (!is_named(token)) return ".*";
      return '[' + (is_index && dice_.one_in(2) ? token : quoted(token)) + ']';
  }
}

std::string DocumentRequests::json_path(const Json& document) {
  static constexpr std::array<std::string_view, 6> kWhole{"$",    "$.*",      "$..*",
                                                          "$..a", "$..[0:2]", "$..[?@.a]"};
  const bool is_wide = to_text(document).size() <= kWideBytesMost;
  if (dice_.one_in(8)) return std::string(is_wide ? dice_.pick(kWhole) : "$.*");
  std::string path = "$";
  bool is_alone = is_wide;  // one step may be wide
  for (const std::string& token : decoded_tokens(pointer(document))) {
    const std::string next = step(token, is_alone);
    is_alone = is_alone && !next.starts_with("..");
    path += next;
  }
  return path;
}

std::string DocumentRequests::path(const Keys& keys) {
  is_json_path_ = dice_.one_in(2);
  const Json document = document_of(keys);
  if (is_json_path_) return json_string(json_path(document));
  pointer_.clear();
  if (!keys.empty() && dice_.one_in(2)) {
    auto key = keys.begin();
    std::advance(key, static_cast<std::ptrdiff_t>(dice_.roll(keys.size())));
    pointer_ = random_pointer(dice_, key->second, 0);
  }
  return json_string(pointer_);
}

std::string DocumentRequests::result() {
  static constexpr std::array<std::string_view, 3> kOfPaths{"\"values\"", "\"pointers\"",
                                                            "\"paths\""};
  static constexpr std::array<std::string_view, 2> kOfPointers{"\"keys\"", "\"kv\""};
  const bool is_right = !dice_.one_in(20);
  return std::string(is_json_path_ == is_right ? dice_.pick(kOfPaths) : dice_.pick(kOfPointers));
}

std::string DocumentRequests::comparison(const Keys& keys) {
  static constexpr std::array<std::string_view, 6> kOps{"==", "!=", "<", "<=", ">", ">="};
  if (is_json_path_ || dice_.one_in(30)) return "";
  std::string operand = random_json(dice_, 1, {.duplicates = true});
  if (!keys.empty() && dice_.one_in(2)) {
    auto key = keys.begin();
    std::advance(key, static_cast<std::ptrdiff_t>(dice_.roll(keys.size())));
    Json value = key->second;
    if (const Json* const found = select(value, pointer_)) operand = to_text(*found);
  }
  return '"' + std::string(dice_.pick(kOps)) + "\":" + operand + ',';
}

}  // namespace seshdb::testing
