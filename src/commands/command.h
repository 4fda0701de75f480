// What a command is: its row in the table. Dispatch, validation, routing, the manual and the tests
// read the row. What follows from a row is derived and not written down.
#pragma once

#include <any>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "auth/role.h"
#include "base/status.h"
#include "commands/context.h"
#include "commands/list.h"
#include "json/outline.h"
#include "protocol/reply.h"
#include "store/store.h"

namespace seshdb::commands {

/// The kinds of parameter. Each has one check (commands/arguments.h).
enum class Type : std::uint8_t {
  kToken,          // string: the session to find
  kTokens,         // array, in which strings count
  kTokenOrTokens,  // string, or array of strings
  kTags,           // array of strings
  kNewTags,        // the same, without repeats
  kCount,          // whole number up to items_max
  kCursor,         // string: the lower half of a token
  kName,           // string
  kBool,           //
  kExpiry,         // object: duration, deleteSession, sliding
  kKey,            // string
  kKeyList,        // array of strings
  kKeyValues,      // object: a value for each key
  kPointers,       // every further parameter, named by a JSON Pointer
  kOperators,      // every further parameter, named by an operator of comparison
  kPaths,          // array of JSON Pointers
  kPath,           // string: a JSONPath or JSON Pointer
  kOperations,     // array of objects
  kChoice,         // string: one of the row's `choices`
  kRevision,       // whole number
  kSaveName,       // string: letters, digits, '.', '-' and '_', not beginning with '.'
};

/// Does the parameter stand for all that the row does not name?
[[nodiscard]] constexpr bool is_rest(Type type) {
  return type == Type::kPointers || type == Type::kOperators;
}

struct Param {
  std::string_view name;
  Type type;
  bool required = true;
  Status missing = Status::kParamMissing;         // `st` where it is required and not there
  Status wrong_type = Status::kValueTypeInvalid;  // `st` where its type is wrong
  std::uint32_t bytes_min = 0;                    // bounds of a string, or of each key's name
  std::uint32_t bytes_max = 0;
  std::uint32_t items_max = 0;  // bound of an array
  std::string_view choices{};   // with a space between two
  std::string_view fallback{};  // what holds where it is not there, as JSON; empty: nothing
  std::string_view summary;
};

struct AnswerMember {
  std::string_view name;
  std::string_view type;
  std::string_view summary;
};

struct Example {
  std::string_view request;
  std::string_view answer;  // empty: none
};

inline constexpr std::size_t kParamsMax = 6;
using Params = List<Param, kParamsMax>;

/// The place of the parameter `name`. Does not compile where there is none.
consteval std::size_t place_of(std::string_view name, const Params& params) {
  std::size_t place = 0;
  while (params[place].name != name) ++place;
  return place;
}

/// Where a command runs.
enum class Scope : std::uint8_t {
  kConnection,  // on the client's connection, see auth_commands.h
  kSession,     // on the core that owns the session of `tkn` or `name`, which has to be live
  kToken,       // on the core that owns the token that the row's `find_token` gives
  kEveryCore,   // a part on each core, the parts put together
  kSaves,       // as a save or load, see save_commands.h
};

/// What a command does to the sessions, and so when it is refused.
enum class Effect : std::uint8_t {
  kReads,    // changes nothing
  kChanges,  // refused where changes cannot be kept
  kGrows,    // may take memory, too: also refused where there is none left
};

inline constexpr std::uint32_t kNoNode = UINT32_MAX;
struct Command;

/// A request for a known command: which of its nodes is which parameter. Their types are not
/// checked yet. Besides the two views it holds indices only, so it can be copied to another core
/// together with its text.
struct Call {
  const Command* command = nullptr;
  std::string_view text;
  std::span<const json::Node> nodes;
  std::array<std::uint32_t, kParamsMax> params{kNoNode, kNoNode, kNoNode,
                                               kNoNode, kNoNode, kNoNode};  // by place in the row
  std::uint32_t rid = kNoNode;
  std::uint32_t tkn = kNoNode;      // where it is a string that is not empty, for any command
  std::uint32_t name = kNoNode;     // kSession: names the session in place of `tkn`
  std::uint32_t unknown = kNoNode;  // a parameter that the command does not have
  // The client, where its wrong tokens count as guesses (auth/guesses.h).
  std::uint64_t guesser = 0;
  // Of the session that the call is about; the lower half 0: none. Where the call names the session
  // otherwise, the upper half is set when the session is found.
  store::Token token{};

  /// The node of the parameter at `place` (see place_of), or null.
  [[nodiscard]] const json::Node* param(std::size_t place) const {
    return params[place] == kNoNode ? nullptr : &nodes[params[place]];
  }
};

/// One core's share of an answer that all cores give together, of the type that its command uses.
using Part = std::any;

/// What a command of Scope::kEveryCore does.
struct Gather {
  Part (*part)(const Context&, const Call&) = nullptr;  // on each core
  /// Not null: a slice of the part's work, in a turn of its own; false where it was the last.
  bool (*work)(const Context&, const Call&, Part&) = nullptr;
  void (*add)(Part& all, const Part& other) = nullptr;  // neither is empty
  void (*finish)(const Context&, const Call&, const Part& all, protocol::Reply&) = nullptr;
};

/// Makes a Gather of functions that agree on the type of a part, `Share`:
///   Share part(const Context&, const Call&)
///   void finish(const Context&, const Call&, const Share& all, Reply&)
///   bool work(const Context&, const Call&, Share&), where the part takes several turns
/// Share has add(const Share&).
template <auto kPart, auto kFinish, auto kWork = nullptr>
constexpr Gather gather() {
  using Share = std::invoke_result_t<decltype(kPart), const Context&, const Call&>;
  Gather made{
      .part = [](const Context& context, const Call& call) -> Part { return kPart(context, call); },
      .add =
          [](Part& all, const Part& other) {
            std::any_cast<Share&>(all).add(std::any_cast<const Share&>(other));
          },
      .finish =
          [](const Context& context, const Call& call, const Part& all, protocol::Reply& reply) {
            kFinish(context, call, std::any_cast<const Share&>(all), reply);
          }};
  if constexpr (kWork != nullptr) {
    made.work = [](const Context& context, const Call& call, Part& part) {
      return kWork(context, call, std::any_cast<Share&>(part));
    };
  }
  return made;
}

/// What is written down of a command. What follows from it, the table adds (see Command).
struct Row {
  std::string_view name;
  auth::Roles roles{auth::Role::kApp};  // that may use it, besides kAdmin: see allows()
  std::string_view app_needs{};         // a parameter without which kApp may not use it
  Scope scope = Scope::kSession;
  Effect effect = Effect::kReads;
  bool slides = false;          // restarts the clock of a sliding session
  bool tells_revision = false;  // a success has `rev`, the session's revision after it
  bool settles = false;  // runs once all that has expired is removed; the client's next call waits
  Params params{};
  Status unknown = Status::kCommandSyntax;  // `st` for a parameter that it does not have
  List<Status, 8> statuses{};  // its own; statuses_of() adds those that follow from the rest
  List<AnswerMember, 10> answer{};
  std::string_view summary;
  std::string_view details{};
  Example example;

  /// kSession, kToken: runs it with checked parameters, on the live session or, for kToken, null.
  void (*run)(const Context&, const Call&, store::Session*, protocol::Reply&) = nullptr;
  /// kToken: the token's lower half, 0 where there is none and any core may run the call. The
  /// parameters are not checked yet.
  std::uint64_t (*find_token)(const Context&, const Call&) = nullptr;
  Gather gather{};
};

/// A row in the table, with what follows from it.
struct Command : Row {
  /// REQUIRES: the row's functions are those of its scope.
  Command(const Row& row, std::uint32_t its_index);

  std::uint32_t index;  // in the table
  std::string prefix;   // how its answers begin
  // The places of the parameter that names keys, of the one that stands for all further ones, and
  // of `ifRev`; kParamsMax: there is none.
  std::size_t keys_param = kParamsMax;
  std::size_t rest_param = kParamsMax;
  std::size_t revision_param = kParamsMax;
  // Of an `expiry`, and of what `app_needs` names.
  std::size_t expiry_param = kParamsMax;
  std::size_t app_param = kParamsMax;

  /// May a client of that role use the command at all?
  [[nodiscard]] bool is_for(auth::Role role) const {
    return role == auth::Role::kAdmin || roles.has(role);
  }
  /// May it make this call? kToken has to show the session's token, and changes no clock.
  [[nodiscard]] bool allows(auth::Role role, const Call& call) const;

  /// Does a call find its session by `tkn` or `name`?
  [[nodiscard]] bool has_session() const { return scope == Scope::kSession; }
  [[nodiscard]] bool changes() const { return effect != Effect::kReads; }
  [[nodiscard]] bool grows() const { return effect == Effect::kGrows; }
};

}  // namespace seshdb::commands
