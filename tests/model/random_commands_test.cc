// Any sequence of commands gives the answers of the model. Commands are drawn from the command
// table, which includes every new one; time passes on a manual clock. At times the stores are made
// again from their records, as by a restart.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <random>

#include "commands/table.h"
#include "model/document_requests.h"
#include "model/wrong_requests.h"
#include "support/local_target.h"
#include "support/model.h"
#include "support/random.h"
#include "support/token_bits.h"

namespace seshdb::testing {

namespace {

using commands::Command;
using commands::Param;
using commands::Type;

class Sequence {
 public:
  using Keeper = LocalTarget::Keeper;

  // `prefix`: of the names of the commands that are drawn.
  Sequence(std::uint64_t seed, std::uint32_t cores, bool reopens, Keeper keeper,
           std::string_view prefix)
      : dice_(seed), target_(cores, keeper, seed), reopens_(reopens) {
    for (const Command& command : commands::all_commands()) {
      if (command.name.starts_with(prefix)) commands_.push_back(&command);
    }
    model_.advance_ms(static_cast<std::uint64_t>(target_.clock().unix_ms()));
  }

  // Returns the first difference, or "".
  std::string run(int steps) {
    for (int i = 0; i < steps; ++i) {
      if (dice_.one_in(6)) {
        // Mostly whole seconds, so that many commands run exactly at a deadline.
        const std::uint64_t ms = dice_.one_in(8) ? dice_.roll(3'000) : 1'000 * dice_.roll(8);
        target_.advance_ms(ms);
        model_.advance_ms(ms);
      }
      if (reopens_ && dice_.one_in(70)) set_wall_clock();
      std::string fault = reopens_ && dice_.one_in(50) ? reopen() : "";
      if (fault.empty()) fault = step(*dice_.pick(commands_));
      if (!fault.empty()) return "step " + std::to_string(i) + ": " + fault;
    }
    return "";
  }

 private:
  // To any time from about 1916 to 2292.
  void set_wall_clock() {
    const std::int64_t before_ms = target_.unix_ms();
    const auto to_ms = static_cast<std::int64_t>(dice_.roll(11'860'000'000)) * 1'000 - kBegin;
    target_.set_unix_ms(to_ms);
    model_.shift_wall_ms(to_ms - before_ms);
    is_clock_set_ = true;
  }

  // A restart takes a millisecond: revisions go on from the wall clock.
  std::string reopen() {
    target_.advance_ms(1);
    model_.advance_ms(1);
    model_.reload(!is_clock_set_);
    return target_.reopen(dice_.one_in(3));
  }

  std::string step(const Command& command) {
    if (command.name == "SH_END_ALL" && !dice_.one_in(20)) return "";
    if (command.scope == commands::Scope::kConnection) return "";  // it changes no session
    std::string request;
    for (const Param& param : command.params) {
      if (commands::is_rest(param.type)) {
        request += param.type == Type::kPointers ? pointers() : documents_.comparison(keys());
      } else if (param.type == Type::kToken && dice_.one_in(8)) {
        request += session_name();
      } else if (param.type == Type::kCount || param.type == Type::kCursor) {
        continue;  // see find_all()
      } else if (param.required || dice_.one_in(3)) {
        request += json_string(std::string(param.name)) + ':' + value_for(param) + ',';
      }
    }
    if (!request.empty()) request.pop_back();
    const std::string name(command.name);
    Json params = *parse_json('{' + request + '}');
    if (WrongRequests::are_for(name) && dice_.one_in(4)) params = wrong_.spoil(name, params);
    const std::string text = "{\"" + name + "\":" + to_text(params) + '}';
    if (name == "SV_INFO") target_.settle();  // it counts what is in memory
    const std::optional<std::string> expected = model_.run(name, params);
    const std::optional<std::string> answer =
        is_list(expected) ? find_all(params) : target_.send(text);
    const std::string fault = compare(name, expected, answer);
    return fault.empty() ? "" : text + "\n  " + fault;
  }

  std::string compare(const std::string& name, const std::optional<std::string>& expected,
                      const std::optional<std::string>& answer) {
    if (!expected || !answer) {
      return expected.has_value() == answer.has_value()
                 ? ""
                 : "expected " + expected.value_or("none") + " got " + answer.value_or("none");
    }
    Json wanted = *parse_json("{\"" + name + "_RSP\":" + *expected + '}');
    std::optional<Json> actual = parse_json(*answer);
    if (!actual) return "no JSON: " + *answer;
    if (name == "KV_KEYS") {
      sort_keys(wanted);
      sort_keys(*actual);
    }
    std::map<std::string, std::string> variables;
    const std::string fault = testing::mismatch(wanted, *actual, variables, 0);
    if (!fault.empty()) return fault + "\n  answer: " + *answer;
    model_.learn_revision(*actual);
    const bool gives_token = name == "SH_NEW" || name == "SH_ROTATE";
    if (gives_token && expected->find("{{text}}") != std::string::npos) {
      tokens_.push_back(actual->members[0].second.find("tkn")->text);
      model_.learn_token(tokens_.back());
    }
    return "";
  }

  // Is it the answer of SH_FIND to a request without a fault?
  static bool is_list(const std::optional<std::string>& expected) {
    return expected && expected->find("\"sessions\":[") != std::string::npos;
  }

  // The answer to SH_FIND with the sessions of all pages, sorted by their tokens as the model has
  // them. A page that is larger than its limit gives another count than the model's.
  std::optional<std::string> find_all(Json params) {
    std::erase_if(params.members, [](const auto& member) {
      return member.first.text == "limit" || member.first.text == "after";
    });
    std::string rest = to_text(params);
    rest.pop_back();
    rest += rest.size() == 1 ? "" : ",";
    const std::size_t limit = dice_.one_in(2) ? 1'000 : 1 + dice_.roll(5);
    rest += "\"limit\":" + std::to_string(limit);
    std::vector<Json> sessions;
    std::string after;
    for (;;) {
      Json page = *parse_json(target_.send("{\"SH_FIND\":" + rest + after + "}}").value_or("null"));
      Json& answer = page.members.at(0).second;
      const Json* const found = answer.find("sessions");
      if (found == nullptr || found->items.size() > limit) return to_text(page);
      sessions.insert(sessions.end(), found->items.begin(), found->items.end());
      if (const Json* const next = answer.find("next")) {
        after = ",\"after\":" + to_text(*next);
        continue;
      }
      std::sort(sessions.begin(), sessions.end(), [](const Json& a, const Json& b) {
        return a.find("tkn")->text < b.find("tkn")->text;
      });
      answer.members.back().second.items = std::move(sessions);
      return to_text(page);
    }
  }

  static void sort_keys(Json& answer) {
    for (auto& [name, value] : answer.members[0].second.members) {
      if (name.text != "keys") continue;
      std::sort(value.items.begin(), value.items.end(),
                [](const Json& a, const Json& b) { return a.decoded() < b.decoded(); });
    }
  }

  std::string value_for(const Param& param) {
    switch (param.type) {
      case Type::kToken:
        token_ = token();
        return '"' + token_ + '"';
      case Type::kTokens:
        return "[\"" + token() + "\",\"" + token() + "\",1,\"" + token() + "\"]";
      case Type::kSaveName:
        return R"("save-1")";
      case Type::kName:
        return param.name == "tag" ? tag() : name();
      case Type::kTokenOrTokens:
        return dice_.one_in(2) ? '"' + token() + '"' : "[\"" + token() + "\",\"" + token() + "\"]";
      case Type::kTags:
        return tags(9);
      case Type::kNewTags:
        return dice_.pick(std::array<std::string, 3>{"[]", R"(["a"])", R"(["b","user:1","é"])"});
      case Type::kBool:
        return dice_.one_in(2) ? "true" : "false";
      case Type::kExpiry:
        return std::string(R"({"deleteSession":)") + (dice_.one_in(2) ? "true" : "false") +
               R"(,"duration":)" + std::to_string(dice_.roll(20)) +
               (dice_.one_in(2) ? R"(,"sliding":true})" : "}");
      case Type::kKey:
        return key();
      case Type::kKeyList: {
        std::string list = key();
        for (std::size_t n = dice_.roll(4); n > 0; --n) list += ',' + key();
        return '[' + (dice_.one_in(10) ? "" : list) + ']';
      }
      case Type::kKeyValues: {
        std::string members = key() + ':' + documents_.value(3);
        for (std::size_t n = dice_.roll(4); n > 0; --n) {
          members += ',' + key() + ':' + documents_.value(3);
        }
        return '{' + (dice_.one_in(10) ? "" : members) + '}';
      }
      case Type::kPaths:
        return documents_.paths(keys());
      case Type::kPath:
        return documents_.path(keys());
      case Type::kOperations:
        return documents_.operations(keys());
      case Type::kChoice:
        return param.name == "rsp" ? documents_.result() : choice(std::string(param.choices));
      case Type::kRevision:
        return revision();
      case Type::kPointers:
      case Type::kOperators:
      case Type::kCount:
      case Type::kCursor:
        break;
    }
    return "null";
  }

  std::string token() {
    if (tokens_.empty() || dice_.one_in(15)) return "123456789";
    // Mostly the newer ones, which are more often live.
    const std::size_t back = dice_.roll(std::min<std::size_t>(tokens_.size(), 8));
    const std::string& token = tokens_[tokens_.size() - 1 - back];
    const bool is_wide = token_bits_of_environment() == store::TokenBits::k128;
    return is_wide && dice_.one_in(8) ? with_other_upper(token) : token;
  }

  std::string name() {
    return dice_.pick(std::array<std::string, 4>{R"("a")", R"("\u0061")", R"("b")", R"("é")"});
  }

  std::string tag() {
    return dice_.pick(std::array<std::string, 10>{R"("a")", R"("\u0061")", R"("b")", R"("é")",
                                                  R"("user:1")", R"("c")", R"("d")", R"("e")",
                                                  R"("f")", R"("g")"});
  }

  std::string tags(std::size_t most) {
    std::string list;
    for (std::size_t n = dice_.roll(most); n > 0; --n) list += (list.empty() ? "" : ",") + tag();
    return '[' + list + ']';
  }

  // In place of the token.
  std::string session_name() {
    const std::string given = name();
    token_ = model_.token_of(parse_json(given)->decoded());
    return "\"name\":" + given + ',';
  }

  // Of the session of the request.
  [[nodiscard]] const Keys& keys() const {
    static const Keys kNone;
    const Keys* const found = model_.keys(token_);
    return found == nullptr ? kNone : *found;
  }

  std::string key() {
    return dice_.pick(std::array<std::string, 10>{R"("a")", R"("\u0061")", R"("b")", R"("")",
                                                  R"("k\n")", R"("é")", R"("tkn")", R"("rid")",
                                                  R"("rev")", R"("other")"});
  }

  // One of the words, or another.
  std::string choice(std::string words) {
    words += " another";
    std::vector<std::string> all{""};
    for (const char c : words) c == ' ' ? (void)all.emplace_back() : (void)(all.back() += c);
    return '"' + dice_.pick(all) + '"';
  }

  std::string revision() {
    const std::uint64_t seen = model_.revision(token_);
    if (seen == 0 || dice_.one_in(3)) {
      // No session has one of these, on a wall clock before 1970 neither.
      static constexpr std::array<std::string_view, 5> kInvented{"0", "-0.0", "-7",
                                                                 "9007199254740993", "1e400"};
      return std::string(dice_.pick(kInvented));
    }
    const std::string number = std::to_string(seen - (dice_.one_in(4) ? 1 : 0));
    return number + (dice_.one_in(3) ? ".0" : "");
  }

  std::string pointers() {
    std::string members;
    const std::string sample = random_json(dice_, 3);
    for (std::size_t n = 1 + dice_.roll(3); n > 0; --n) {
      const std::string pointer = dice_.one_in(3) ? "" : random_pointer(dice_, sample);
      members += json_string(pointer) + ':' + random_json(dice_, 2, {.duplicates = true}) + ',';
    }
    return members;
  }

  static constexpr std::int64_t kBegin = 1'700'000'000'123;

  Dice dice_;
  LocalTarget target_;
  const bool reopens_;
  std::vector<const Command*> commands_;
  Model model_;
  DocumentRequests documents_{dice_};
  WrongRequests wrong_{dice_};
  std::vector<std::string> tokens_;
  std::string token_;  // of the session of the request
  bool is_clock_set_ = false;
};

void run_sequences(std::uint32_t cores, bool reopens,
                   LocalTarget::Keeper keeper = LocalTarget::Keeper::kRecords,
                   std::string_view prefix = "") {
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << '\n';
  for (std::uint64_t i = 0; i < 60 / SESHDB_TEST_SHARE; ++i) {
    Sequence sequence(seed + i, cores, reopens, keeper, prefix);
    const std::string fault = sequence.run(1'000);
    ASSERT_TRUE(fault.empty()) << "with seed " << seed + i << ", " << fault;
  }
}

}  // namespace

TEST(Model, equals_one_core_after_any_commands) { run_sequences(1, false); }
TEST(Model, equals_three_cores_after_any_commands) { run_sequences(3, false); }
TEST(Model, equals_cores_that_are_restarted_now_and_then) { run_sequences(2, true); }
// Each restart compares the tag index with a walk over all sessions.
TEST(Model, equals_cores_whose_sessions_are_tagged_ended_expire_and_rotate) {
  run_sequences(4, true, LocalTarget::Keeper::kRecords, "SH_");
}
TEST(Model, equals_cores_over_a_slow_engine_with_conflicts) {
  run_sequences(3, false, LocalTarget::Keeper::kRemote);
}

}  // namespace seshdb::testing
