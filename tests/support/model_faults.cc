// What is wrong with the parameters of the commands about tags and of SH_NEW. Of several faults any
// may be told.
#include <algorithm>
#include <string_view>
#include <vector>

#include "support/model.h"
#include "support/slow_decimal.h"

namespace seshdb::testing {

namespace {

enum class Kind : std::uint8_t {
  kName,     // 1 to `bytes` bytes
  kTags,     // an array of such
  kNewTags,  // the same: at most 8, no two alike
  kTokens,   // a string, or an array of strings
  kToken,
  kKeyList,    // names of up to `bytes` bytes
  kKeyValues,  // the same
  kLimit,
  kFlag,
  kExpiry,
};

struct Rule {
  std::string name;
  Kind kind;
  std::size_t bytes = 0;
  int missing = 0;  // the status where it is not there; 0: it need not be
  int wrong_type = 41;
};

struct Fault {
  int status;
  std::string blamed;
};

using Rules = std::map<std::string, std::vector<Rule>>;

const Rules& rules() {
  static const Rules kRules{
      {"SH_NEW",
       {{"name", Kind::kName, 256, 40},
        {"shared", Kind::kFlag, 0, 0, 13},
        {"expiry", Kind::kExpiry},
        {"keys", Kind::kKeyValues, 1'024},
        {"tags", Kind::kNewTags, 128},
        {"exclusive", Kind::kFlag}}},
      {"SH_TAG", {{"add", Kind::kTags, 128}, {"rmv", Kind::kTags, 128}}},
      {"SH_FIND",
       {{"tag", Kind::kName, 128},
        {"limit", Kind::kLimit},
        {"after", Kind::kToken},
        {"keys", Kind::kKeyList, 1'024}}},
      {"SH_END_TAG", {{"tag", Kind::kName, 128, 26}, {"except", Kind::kTokens}}},
      {"SH_ROTATE", {}}};
  return kRules;
}

bool is_number(const Json& json) { return json.kind == Json::Kind::kNumber; }
bool is_array(const Json& json) { return json.kind == Json::Kind::kArray; }
bool is_flag(const Json& json) {
  return json.kind == Json::Kind::kWord && (json.text == "true" || json.text == "false");
}
bool are_strings(const Json& array) {
  return is_array(array) && std::all_of(array.items.begin(), array.items.end(),
                                        [](const Json& item) { return item.is_string(); });
}
bool fits(const Json& string, std::size_t most) {
  const std::size_t bytes = string.decoded().size();
  return bytes >= 1 && bytes <= most;
}

bool is_token(const std::string& text) {
  constexpr std::string_view kLast = "18446744073709551615";
  const bool is_plain = !text.empty() && text[0] != '0' && text.size() <= kLast.size() &&
                        text.find_first_not_of("0123456789") == std::string::npos;
  return is_plain && (text.size() < kLast.size() || text <= kLast);
}

bool is_limit(const std::string& text) {
  const std::optional<long long> limit = slow_whole(text);
  return limit && *limit >= 0 && *limit <= 1'000;
}

// Durations are sent as plain digits here.
bool is_expiry(const Json& json) {
  const Json* const duration = json.find("duration");
  if (!json.is_object() || duration == nullptr || json.find("deleteSession") == nullptr) {
    return false;
  }
  const bool is_whole = is_number(*duration) && duration->text.size() <= 9 &&
                        duration->text.find_first_not_of("0123456789") == std::string::npos;
  return is_whole && std::all_of(json.members.begin(), json.members.end(), [](const auto& member) {
           const std::string name = member.first.decoded();
           return name == "duration" ||
                  ((name == "deleteSession" || name == "sliding") && is_flag(member.second));
         });
}

bool are_new_tags(const Json& list) {
  std::set<std::string> tags;
  for (const Json& item : list.items) tags.insert(item.decoded());
  return tags.size() == list.items.size() && tags.size() <= 8;
}

bool is_of_type(const Rule& rule, const Json& given) {
  switch (rule.kind) {
    case Kind::kName:
    case Kind::kToken:
      return given.is_string();
    case Kind::kTags:
    case Kind::kNewTags:
      return are_strings(given);
    case Kind::kTokens:
      return given.is_string() || are_strings(given);
    case Kind::kKeyList:
      return is_array(given);
    case Kind::kKeyValues:
      return given.is_object();
    case Kind::kLimit:
      return is_number(given);
    case Kind::kFlag:
      return is_flag(given);
    case Kind::kExpiry:
      return is_expiry(given);
  }
  return false;
}

bool is_in_bounds(const Rule& rule, const Json& given) {
  const auto fits_too = [&](const Json& item) { return fits(item, rule.bytes); };
  const auto is_key = [&](const Json& name) { return name.decoded().size() <= rule.bytes; };
  switch (rule.kind) {
    case Kind::kName:
      return fits(given, rule.bytes);
    case Kind::kToken:
      return is_token(given.decoded());
    case Kind::kLimit:
      return is_limit(given.text);
    case Kind::kNewTags:
      return are_new_tags(given) && std::all_of(given.items.begin(), given.items.end(), fits_too);
    case Kind::kTags:
      return std::all_of(given.items.begin(), given.items.end(), fits_too);
    case Kind::kKeyList:
      return std::all_of(given.items.begin(), given.items.end(),
                         [&](const Json& item) { return !item.is_string() || is_key(item); });
    case Kind::kKeyValues:
      return std::all_of(given.members.begin(), given.members.end(),
                         [&](const auto& member) { return is_key(member.first); });
    default:
      return true;
  }
}

void check(const Rule& rule, const Json* given, std::vector<Fault>& faults) {
  if (given == nullptr) {
    if (rule.missing != 0) faults.push_back({rule.missing, rule.name});
  } else if (!is_of_type(rule, *given)) {
    faults.push_back({rule.kind == Kind::kExpiry ? 13 : rule.wrong_type, rule.name});
  } else {
    if (!is_in_bounds(rule, *given)) faults.push_back({42, rule.name});
    for (std::size_t i = 0; rule.kind == Kind::kKeyList && i < given->items.size(); ++i) {
      if (!given->items[i].is_string()) faults.push_back({27, std::to_string(i)});
    }
  }
}

// Of the token, or the name in its place.
void check_session(const Json& params, bool is_found, std::vector<Fault>& faults) {
  const Json* const tkn = params.find("tkn");
  const Json* const name = params.find("name");
  if (tkn != nullptr && name != nullptr) faults.push_back({13, "name"});
  if (tkn != nullptr || name == nullptr) {
    const bool is_given = tkn != nullptr && tkn->is_string() && !tkn->text.empty();
    if (!is_given) {
      faults.push_back({101, "tkn"});
    } else if (!is_found) {
      faults.push_back({100, "tkn"});
    }
  } else if (!name->is_string()) {
    faults.push_back({41, "name"});
  } else if (!fits(*name, 256)) {
    faults.push_back({42, "name"});
  } else if (!is_found) {
    faults.push_back({100, "name"});
  }
}

}  // namespace

std::optional<std::string> Model::run_faults(const std::string& command, const Json& params) const {
  const auto of_command = rules().find(command);
  if (of_command == rules().end()) return std::nullopt;
  std::vector<Fault> faults;
  const Json* const given = params.find("tkn");
  std::string tkn = given != nullptr && given->is_string() && !given->text.empty()
                        ? to_text(*given)
                        : std::string("null");
  const bool has_session = command == "SH_TAG" || command == "SH_ROTATE";
  if (has_session) {
    const Json* const name = params.find("name");
    const bool is_named = given == nullptr && name != nullptr && name->is_string();
    const std::string token = is_named           ? token_of(name->decoded())
                              : given != nullptr ? given->decoded()
                                                 : "";
    const bool is_found = sessions_.contains(token);
    check_session(params, is_found, faults);
    if (is_named && is_found) tkn = '"' + token + '"';
  }
  const auto is_known = [&](const std::string& name) {
    const auto& all = of_command->second;
    return (has_session && (name == "tkn" || name == "name")) ||
           std::any_of(all.begin(), all.end(), [&](const Rule& rule) { return rule.name == name; });
  };
  for (const auto& [name, value] : params.members) {
    if (!is_known(name.decoded())) faults.push_back({13, name.decoded()});
  }
  for (const Rule& rule : of_command->second) check(rule, params.find(rule.name), faults);
  if (faults.empty()) return std::nullopt;
  std::string all;
  for (const Fault& fault : faults) {
    all += std::string(all.empty() ? "" : ",") + R"({"st":)" + std::to_string(fault.status) +
           R"(,"tkn":)" + tkn + R"(,"m":)" + json_string(fault.blamed) + '}';
  }
  return R"({"$one_of":[)" + all + "]}";
}

}  // namespace seshdb::testing
