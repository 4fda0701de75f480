// Steps, placeholders and comparison.
#include "support/conformance.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace seshdb::testing {

namespace {

using Variables = std::map<std::string, std::string>;
using store::TokenBits;

bool is_placeholder(const Json& json) {
  return json.is_string() && json.text.size() > 4 && json.text.rfind("{{", 0) == 0 &&
         json.text.substr(json.text.size() - 2) == "}}" &&
         json.text.find("}}") + 2 == json.text.size();
}

// A variable that is bound to a number has a second entry under this and its name.
constexpr const char* kNumber = "#";

bool is_number(const std::string& name, const Variables& variables) {
  return variables.count(kNumber + name) == 1;
}

void replace_all(std::string& text, const std::string& mark, const std::string& value) {
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark)) {
    text.replace(at, mark.size(), value);
  }
}

std::string filled_in(std::string text, const Variables& variables) {
  for (const auto& [name, value] : variables) {
    const std::string mark = "{{" + name + "}}";
    if (is_number(name, variables)) replace_all(text, '"' + mark + '"', value);
    replace_all(text, mark, value);
    const store::Token token = store::parse_token(value);
    replace_all(text, "{{lower of " + name + "}}", text_of({token.lower}));
    replace_all(text, "{{other upper of " + name + "}}", with_other_upper(value));
  }
  return text;
}

bool is_whole(const Json& json) {
  return json.kind == Json::Kind::kNumber &&
         json.text.find_first_not_of("0123456789") == std::string::npos;
}

// Binds the variable where it has no value; else compares. A number never equals a string.
bool binds(const std::string& name, const Json& actual, Variables& variables) {
  if (!is_whole(actual) && !actual.is_string()) return false;
  const auto [at, is_new] = variables.emplace(name, actual.text);
  if (is_new && is_whole(actual)) variables.emplace(kNumber + name, "");
  return at->second == actual.text && is_whole(actual) == is_number(name, variables);
}

// "new>old": a whole number greater than `old`, a variable or a number, to which `new` is bound
// where it is not empty. "new>=old": `old` too.
bool binds_greater(const std::string& both, const Json& actual, Variables& variables) {
  const std::size_t at = both.find('>');
  const bool is_old_too = both[at + 1] == '=';
  std::string least = both.substr(at + (is_old_too ? 2 : 1));
  if (is_number(least, variables)) least = variables[least];
  if (!is_whole(actual) || least.find_first_not_of("0123456789") != std::string::npos) return false;
  const std::uint64_t number = std::stoull(actual.text);
  const bool is_greater = number > std::stoull(least);
  if (!is_greater && !(is_old_too && number == std::stoull(least))) return false;
  return at == 0 || binds(both.substr(0, at), actual, variables);
}

// Is it the token of a shared session that was made again: the same one, or where tokens have 128
// bits another one of the same lower half? The variable is bound to it then.
bool binds_again(const std::string& name, const Json& actual, Variables& variables) {
  if (!actual.is_string() || !variables.contains(name)) return false;
  const store::Token before = store::parse_token(variables[name]);
  const store::Token now = store::parse_token(actual.text);
  if (before.lower != now.lower || before.upper.is_none() != now.upper.is_none()) return false;
  variables[name] = actual.text;
  return now.upper.is_none() || !is_same(before.upper, now.upper);
}

std::string differs(const Json& expected, const Json& actual) {
  return "expected " + to_text(expected) + " but got " + to_text(actual);
}

std::string match_placeholder(const Json& expected, const Json& actual, Variables& variables,
                              std::int64_t unix_ms) {
  const std::string name = expected.text.substr(2, expected.text.size() - 4);
  bool matches = false;
  if (name == "*") {
    matches = true;
  } else if (name == "text") {
    matches = actual.is_string() && !actual.text.empty();
  } else if (name == "token64" || name == "token128") {
    const store::Token token = store::parse_token(actual.is_string() ? actual.text : "");
    matches = token.lower != 0 && token.upper.is_none() == (name == "token64");
  } else if (name.rfind("again ", 0) == 0) {
    matches = binds_again(name.substr(6), actual, variables);
  } else if (name.rfind("unix+", 0) == 0) {
    const std::int64_t deadline = unix_ms + std::stoll(name.substr(5)) * 1000;
    matches = actual.kind == Json::Kind::kNumber && actual.text == std::to_string(deadline / 1000);
  } else if (name.find('>') != std::string::npos) {
    matches = binds_greater(name, actual, variables);
  } else {
    matches = binds(name, actual, variables);
  }
  return matches ? "" : differs(expected, actual);
}

std::string match_object(const Json& expected, const Json& actual, Variables& variables,
                         std::int64_t unix_ms) {
  if (expected.members.size() != actual.members.size()) return differs(expected, actual);
  for (const auto& [name, value] : expected.members) {
    const std::string wanted = filled_in(name.decoded(), variables);
    const auto same = [&](const auto& member) { return member.first.decoded() == wanted; };
    if (std::count_if(actual.members.begin(), actual.members.end(), same) != 1) {
      return "member " + wanted + ": " + differs(expected, actual);
    }
    const Json& found = std::find_if(actual.members.begin(), actual.members.end(), same)->second;
    const std::string fault = mismatch(value, found, variables, unix_ms);
    if (!fault.empty()) return "in " + wanted + ": " + fault;
  }
  return "";
}

std::string match_any_order(const Json& expected, const Json& actual) {
  const auto texts = [](const Json& list) {
    std::vector<std::string> all;
    for (const Json& item : list.items) {
      all.push_back(item.is_string() ? json_string(item.decoded()) : to_text(item));
    }
    std::sort(all.begin(), all.end());
    return all;
  };
  const bool same = actual.kind == Json::Kind::kArray && texts(expected) == texts(actual);
  return same ? "" : "in any order " + differs(expected, actual);
}

// The standard answer to a fault in the request.
Json fault_answer(const Json& sent, const Json& fault) {
  const auto& [command, params] = sent.members.at(0);
  const Json* const tkn = params.find("tkn");
  const bool has_token = tkn != nullptr && tkn->is_string() && !tkn->text.empty();
  return *parse_json("{\"" + command.text + "_RSP\":{\"st\":" + fault.items.at(0).text +
                     ",\"tkn\":" + (has_token ? to_text(*tkn) : "null") +
                     ",\"m\":" + to_text(fault.items.at(1)) + "}}");
}

class Run {
 public:
  Run(const Case& one, Target& target) : case_(one), target_(target) {}

  std::string all() {
    if (const Json* const saves = case_.json.find("saves");
        saves != nullptr && (saves->text == "true") != target_.has_saves()) {
      return "";
    }
    if (const Json* const bits = case_.json.find("token_bits");
        bits != nullptr && (bits->text == "128") != (target_.token_bits() == TokenBits::k128)) {
      return "";
    }
    (void)target_.send(R"({"SH_END_ALL":{}})");
    if (const Json* const keys = case_.json.find("keys"); keys != nullptr) {
      const auto made = target_.send(R"({"SH_NEW":{"name":"session1"}})");
      const auto answer = parse_json(made.value_or(""));
      if (!answer) return "SH_NEW did not answer";
      variables_["t"] = answer->members.at(0).second.find("tkn")->text;
      (void)target_.send("{\"KV_SETQ\":{\"tkn\":\"" + variables_["t"] +
                         "\",\"keys\":" + to_text(*keys) + "}}");
    }
    int number = 0;
    for (const Json& step : case_.json.find("steps")->items) {
      const std::string fault = one(step);
      if (!fault.empty()) {
        return case_.file + ": " + case_.name + ", step " + std::to_string(number) +
               "\n  sent: " + sent_.substr(0, 400) + "\n  " + fault.substr(0, 2000);
      }
      ++number;
    }
    return "";
  }

 private:
  std::string one(const Json& step) {
    if (step.kind == Json::Kind::kArray) {
      const Json& request = step.items.at(0);
      const std::string text = request.is_string() ? request.decoded() : to_text(request);
      return compare(filled_in(text, variables_), step.items.at(1), false);
    }
    if (const Json* const ms = step.find("advance_ms"); ms != nullptr) {
      target_.advance_ms(std::stoull(ms->text));
      return "";
    }
    if (const Json* const data = step.find("binary"); data != nullptr) {
      return target_.takes_binary() ? compare(data->decoded(), *step.find("expect"), true) : "";
    }
    return compare(filled_in(nested(*step.find("nested")), variables_), *step.find("expect"),
                   false);
  }

  static std::string nested(const Json& json) {
    const auto part = [&json](const char* name) { return json.find(name)->decoded(); };
    std::string text = part("before");
    const int count = std::stoi(json.find("count")->text);
    for (int i = 0; i < count; ++i) text += part("open");
    text += part("middle");
    for (int i = 0; i < count; ++i) text += part("close");
    return text + part("after");
  }

  std::string compare(const std::string& text, const Json& expected, bool binary) {
    sent_ = text;
    const std::optional<std::string> answer =
        binary ? target_.send_binary(text) : target_.send(text);
    if (expected.text == "null" && expected.kind == Json::Kind::kWord) {
      return answer ? "expected no answer but got " + *answer : "";
    }
    if (!answer) return "there was no answer; expected " + to_text(expected);
    const std::optional<Json> actual = parse_json(*answer);
    if (!actual) return "the answer is no JSON: " + *answer;
    if (const Json* const choices = expected.find("$one_of"); choices != nullptr) {
      std::string faults;
      for (const Json& choice : choices->items) {
        const std::string fault = mismatch(resolved(choice, text), *actual, variables_, unix_ms());
        if (fault.empty()) return "";
        faults += fault + "\n  ";
      }
      return faults;
    }
    return mismatch(resolved(expected, text), *actual, variables_, unix_ms());
  }

  [[nodiscard]] std::int64_t unix_ms() const { return target_.unix_ms(); }

  // Writes {"$fault":[st,m]} out.
  static Json resolved(const Json& expected, const std::string& sent) {
    const Json* const fault = expected.find("$fault");
    return fault == nullptr ? expected : fault_answer(*parse_json(sent), *fault);
  }

  const Case& case_;
  Target& target_;
  Variables variables_;
  std::string sent_;
};

}  // namespace

std::string mismatch(const Json& expected, const Json& actual, Variables& variables,
                     std::int64_t unix_ms) {
  if (const Json* const exact = expected.find("$exact"); exact != nullptr) {
    return to_text(*exact) == to_text(actual) ? "" : differs(*exact, actual);
  }
  if (const Json* const list = expected.find("$any_order"); list != nullptr) {
    return match_any_order(*list, actual);
  }
  if (const Json* const choices = expected.find("$one_of"); choices != nullptr) {
    for (const Json& choice : choices->items) {
      Variables tried = variables;
      if (!mismatch(choice, actual, tried, unix_ms).empty()) continue;
      variables = tried;
      return "";
    }
    return differs(expected, actual);
  }
  if (is_placeholder(expected)) return match_placeholder(expected, actual, variables, unix_ms);
  if (expected.kind != actual.kind) return differs(expected, actual);
  if (expected.is_object()) return match_object(expected, actual, variables, unix_ms);
  if (expected.kind == Json::Kind::kArray) {
    if (expected.items.size() != actual.items.size()) return differs(expected, actual);
    for (std::size_t i = 0; i < expected.items.size(); ++i) {
      const std::string fault = mismatch(expected.items[i], actual.items[i], variables, unix_ms);
      if (!fault.empty()) return fault;
    }
    return "";
  }
  const bool same = expected.is_string()
                        ? filled_in(expected.decoded(), variables) == actual.decoded()
                        : expected.text == actual.text;
  return same ? "" : differs(expected, actual);
}

std::vector<Case> load_cases(const std::string& folder) {
  std::vector<Case> cases;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& path : files) {
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    const std::optional<Json> json = parse_json(text.str());
    const Json* const list = json ? json->find("cases") : nullptr;
    if (list == nullptr) throw std::runtime_error(path.string() + " is no file of cases");
    for (const Json& one : list->items) {
      const Json* const name = one.find("name");
      if (name == nullptr || one.find("steps") == nullptr) {
        throw std::runtime_error(path.string() + ": a case without name or steps");
      }
      cases.push_back({path.stem().string(), name->decoded(), one});
    }
  }
  return cases;
}

std::string run_case(const Case& one, Target& target) { return Run(one, target).all(); }

}  // namespace seshdb::testing
