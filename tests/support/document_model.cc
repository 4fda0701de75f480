// Patches and merges. Each operation works on a copy of the whole document.
#include "support/document_model.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "support/oracle.h"
#include "support/slow_decimal.h"

namespace seshdb::testing {

namespace {

constexpr std::size_t kKeyNameBytesMax = 1'024;

constexpr int kOk = 1;
constexpr int kNoPointer = 4;
constexpr int kNothingThere = 5;
constexpr int kSyntax = 13;
constexpr int kWrongType = 41;
constexpr int kSize = 42;
constexpr int kOutOfBounds = 43;
constexpr int kTestFailed = 50;

bool is_pointer(const std::string& text) {
  if (!text.empty() && text[0] != '/') return false;
  for (std::size_t at = text.find('~'); at != std::string::npos; at = text.find('~', at + 1)) {
    if (at + 1 == text.size() || (text[at + 1] != '0' && text[at + 1] != '1')) return false;
  }
  return true;
}

std::vector<std::string> tokens_of(const std::string& pointer) {
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

Json* member_of(Json& object, const std::string& name) {
  for (auto& [member, value] : object.members) {
    if (member.decoded() == name) return &value;
  }
  return nullptr;
}

// Up to `most`; "-" is `most`.
std::optional<std::size_t> index_of(const std::string& token, std::size_t most) {
  if (token == "-") return most;
  for (std::size_t index = 0; index <= most; ++index) {
    if (std::to_string(index) == token) return index;
  }
  return std::nullopt;
}

Json name_of(const std::string& text) { return *parse_json(json_string(text)); }

bool is_array(const Json& json) { return json.kind == Json::Kind::kArray; }

// One patch. Its functions give a status.
class Patch {
 public:
  explicit Patch(Json from) : document(std::move(from)) {}

  Json document;
  Changed changed = Changed::kNo;
  std::string sum;  // of the last `inc`

  int make(const Json& operation) {
    if (!operation.is_object()) return kSyntax;
    const Json* const op = operation.find("op");
    const Json* const path = operation.find("path");
    const Json* const from = operation.find("from");
    const Json* const value = operation.find("value");
    if (op == nullptr || !op->is_string() || path == nullptr) return kSyntax;
    static const std::vector<std::string> kWithValue = {"add", "replace", "test",
                                                        "set", "inc",     "trim"};
    const std::string name = op->decoded();
    const bool has_value = std::count(kWithValue.begin(), kWithValue.end(), name) != 0;
    const bool has_from = name == "move" || name == "copy";
    if (!has_value && !has_from && name != "remove") return kSyntax;
    if ((has_value && value == nullptr) || (has_from && from == nullptr)) return kSyntax;
    for (const Json* const pointer : {path, has_from ? from : path}) {
      if (!pointer->is_string()) return kWrongType;
      if (!is_pointer(pointer->decoded())) return kNoPointer;
    }
    const Json given = has_value ? without_duplicates(*value) : Json();
    const int status =
        run(name, path->decoded(), has_from ? from->decoded() : std::string(), given);
    return status == kOk && has_long_key() ? kSize : status;
  }

 private:
  int run(const std::string& op, const std::string& path, const std::string& from,
          const Json& value) {
    if (op == "add") return add(path, value);
    if (op == "remove") return remove(path);
    if (op == "replace") return replace(path, value);
    if (op == "set") return set(path, value);
    if (op == "inc") return increment(path, value);
    if (op == "trim") return trim(path, value);
    if (op == "move") return move(path, from);
    if (op == "copy") {
      if (from.empty()) return kSyntax;
      const Json* const source = select(document, from);
      return source == nullptr ? kNothingThere : add(path, Json(*source));
    }
    const Json* const there = select(document, path);
    if (there == nullptr) return kNothingThere;
    return equal_by_value(*there, value) ? kOk : kTestFailed;
  }

  [[nodiscard]] bool has_long_key() const {
    return std::any_of(document.members.begin(), document.members.end(), [](const auto& member) {
      return member.first.decoded().size() > kKeyNameBytesMax;
    });
  }

  int change(Json& there, const Json& value) {
    changed = Changed::kYes;
    there = Json(value);
    return kOk;
  }

  int put_member(Json& object, const std::string& name, const Json& value) {
    Json* const there = member_of(object, name);
    if (there != nullptr) return change(*there, value);
    changed = Changed::kYes;
    object.members.emplace_back(name_of(name), value);
    return kOk;
  }

  int replace_all(const Json& value) {
    if (!value.is_object()) return kWrongType;
    const bool is_same = document.members.empty() && value.members.empty();
    if (!is_same) changed = Changed::kYes;
    if (changed == Changed::kNo) changed = Changed::kPerhaps;
    document = Json(value);
    return kOk;
  }

  // What holds the place that the pointer names, or null; sets the last token.
  Json* parent_of(const std::string& path, std::string& last) {
    last = tokens_of(path).back();
    return select(document, path.substr(0, path.rfind('/')));
  }

  int add(const std::string& path, const Json& value) {
    if (path.empty()) return replace_all(value);
    std::string last;
    Json* const parent = parent_of(path, last);
    if (parent == nullptr) return kNothingThere;
    if (parent->is_object()) return put_member(*parent, last, value);
    if (!is_array(*parent)) return kNothingThere;
    const auto index = index_of(last, parent->items.size());
    if (!index) return kNothingThere;
    parent->items.insert(parent->items.begin() + static_cast<std::ptrdiff_t>(*index), value);
    changed = Changed::kYes;
    return kOk;
  }

  int remove(const std::string& path) {
    if (path.empty()) return kSyntax;
    if (select(document, path) == nullptr) return kNothingThere;
    std::string last;
    Json* const parent = parent_of(path, last);
    if (parent->is_object()) {
      std::erase_if(parent->members,
                    [&last](const auto& member) { return member.first.decoded() == last; });
    } else {
      parent->items.erase(parent->items.begin() + std::stol(last));
    }
    changed = Changed::kYes;
    return kOk;
  }

  int replace(const std::string& path, const Json& value) {
    if (path.empty()) return replace_all(value);
    Json* const there = select(document, path);
    return there == nullptr ? kNothingThere : change(*there, value);
  }

  int move(const std::string& path, const std::string& from) {
    if (from.empty()) return kSyntax;
    const Json* const source = select(document, from);
    if (source == nullptr) return kNothingThere;
    if (path == from) return kOk;
    if (path.starts_with(from + '/')) return kNothingThere;
    const Json value = *source;
    (void)remove(from);
    return add(path, value);
  }

  int set(const std::string& path, const Json& value) {
    const std::vector<std::string> tokens = tokens_of(path);
    if (tokens.empty()) return replace_all(value);
    Json* at = &document;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const bool is_last = i + 1 == tokens.size();
      const Json missing = is_last ? value : *parse_json(tokens[i + 1] == "-" ? "[]" : "{}");
      if (at->is_object()) {
        if (is_last) return put_member(*at, tokens[i], value);
        if (member_of(*at, tokens[i]) == nullptr) (void)put_member(*at, tokens[i], missing);
        at = member_of(*at, tokens[i]);
        continue;
      }
      if (!is_array(*at)) return kNothingThere;
      const auto index = index_of(tokens[i], at->items.size());
      if (!index) return kNothingThere;
      const bool is_there = *index < at->items.size();
      if (!is_there) at->items.push_back(missing);
      at = &at->items[*index];
      if (is_last) return change(*at, value);
    }
    return kOk;
  }

  int increment(const std::string& path, const Json& value) {
    const auto is_number = [](const Json& json) { return json.kind == Json::Kind::kNumber; };
    const Json* const there = select(document, path);
    if (!is_number(value) || (there != nullptr && !is_number(*there))) return kWrongType;
    const auto total = slow_add(there == nullptr ? "0" : there->text, value.text);
    if (!total) return kOutOfBounds;
    sum = *total;
    return set(path, *parse_json(sum));
  }

  int trim(const std::string& path, const Json& count) {
    const auto kept = count.kind == Json::Kind::kNumber ? slow_whole(count.text) : std::nullopt;
    if (!kept) return kWrongType;
    Json* const there = select(document, path);
    if (there == nullptr) return kNothingThere;
    if (!is_array(*there)) return kWrongType;
    const auto size = static_cast<long long>(there->items.size());
    if (std::abs(*kept) >= size) return kOk;
    changed = Changed::kYes;
    const auto begin = there->items.begin();
    if (*kept < 0) {
      there->items.erase(begin, begin + (size + *kept));
    } else {
      there->items.erase(begin + *kept, there->items.end());
    }
    return kOk;
  }
};

}  // namespace

Json document_of(const Keys& keys) {
  Json document = *parse_json("{}");
  for (const auto& [name, value] : keys) document.members.emplace_back(name_of(name), value);
  return document;
}

Keys keys_of(const Json& document) {
  Keys keys;
  for (const auto& [name, value] : document.members) keys[name.decoded()] = value;
  return keys;
}

Patched patch_keys(Keys& keys, const Json& operations) {
  Patched result;
  Patch patch(document_of(keys));
  for (; result.failed < operations.items.size(); ++result.failed) {
    patch.sum.clear();
    result.status = patch.make(operations.items[result.failed]);
    if (result.status != kOk) return result;
    if (patch.sum.empty()) continue;
    result.out +=
        (result.out.empty() ? "\"" : ",\"") + std::to_string(result.failed) + "\":" + patch.sum;
  }
  result.changed = patch.changed;
  keys = keys_of(patch.document);
  return result;
}

void merge_patch(Json& target, const Json& patch) {
  if (!patch.is_object()) {
    target = Json(patch);
    return;
  }
  if (!target.is_object()) target = *parse_json("{}");
  for (const auto& [name, value] : patch.members) {
    const std::string wanted = name.decoded();
    if (value.text == "null" && value.kind == Json::Kind::kWord) {
      std::erase_if(target.members,
                    [&wanted](const auto& member) { return member.first.decoded() == wanted; });
      continue;
    }
    if (member_of(target, wanted) == nullptr) target.members.emplace_back(name, Json());
    merge_patch(*member_of(target, wanted), value);
  }
}

bool equal_by_value(const Json& a, const Json& b) {
  if (a.kind != b.kind || a.items.size() != b.items.size() ||
      a.members.size() != b.members.size()) {
    return false;
  }
  if (a.kind == Json::Kind::kNumber) return slow_compare(a.text, b.text) == 0;
  if (a.is_string()) return a.decoded() == b.decoded();
  for (std::size_t i = 0; i < a.items.size(); ++i) {
    if (!equal_by_value(a.items[i], b.items[i])) return false;
  }
  return a.text == b.text &&
         std::all_of(a.members.begin(), a.members.end(), [&b](const auto& member) {
           const Json* const other = b.find(member.first.decoded());
           return other != nullptr && equal_by_value(member.second, *other);
         });
}

}  // namespace seshdb::testing
