// What a command is: its row in the table. Dispatch, validation, routing, the manual and the tests
// all read the row; nothing about a command is said twice.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "base/status.h"
#include "commands/host.h"
#include "commands/list.h"
#include "json/outline.h"
#include "protocol/reply.h"
#include "store/storage.h"
#include "store/store.h"
#include "store/tokens.h"

namespace seshdb::commands {

/// The kinds of parameter. Each has one check (commands/arguments.h).
enum class Type : std::uint8_t {
  kToken,      // string: the session to find
  kTokens,     // array, in which strings count
  kName,       // string
  kBool,       //
  kExpiry,     // object: duration, deleteSession, sliding
  kKey,        // string
  kKeyList,    // array of strings
  kKeyValues,  // object: a value for each key
  kPointers,   // every further parameter, named by a JSON Pointer
  kSaveName,   // string: letters, digits, '.', '-' and '_', not beginning with '.'
};

struct Param {
  std::string_view name;
  Type type;
  bool required = true;
  Status missing = Status::kParamMissing;         // `st` where it is required and not there
  Status wrong_type = Status::kValueTypeInvalid;  // `st` where its type is wrong
  std::uint32_t bytes_min = 0;                    // bounds of a string, or of each key's name
  std::uint32_t bytes_max = 0;
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

inline constexpr std::size_t kParamsMax = 3;
using Params = List<Param, kParamsMax>;

/// The place of the parameter `name`. Does not compile where there is none.
consteval std::size_t place_of(std::string_view name, const Params& params) {
  std::size_t place = 0;
  while (params[place].name != name) ++place;
  return place;
}

/// Where a command runs.
enum class Scope : std::uint8_t {
  kSession,    // on the core that owns the session of `tkn`, which has to be live
  kToken,      // on the core that owns the token that the row's `find_token` gives
  kEveryCore,  // a part on each core, the parts put together
};

/// What a command does to the sessions, and so when it is refused.
enum class Effect : std::uint8_t {
  kReads,    // changes nothing
  kChanges,  // refused where changes cannot be kept
  kGrows,    // may take memory, too: also refused where there is none left
};

/// What a command does with the directory of named saves. The server does it, on every core; no
/// handler has a part in it.
enum class Saving : std::uint8_t { kNone, kSave, kLoad };

inline constexpr std::uint32_t kNoNode = UINT32_MAX;
struct Command;
class Tally;

/// A request for a known command: which of its nodes is which parameter. Says nothing yet of their
/// types. Holds offsets besides the two views, so that it may move to another core with its text.
struct Call {
  const Command* command = nullptr;
  std::string_view text;
  std::span<const json::Node> nodes;
  std::array<std::uint32_t, kParamsMax> params{kNoNode, kNoNode, kNoNode};  // as in the row
  std::uint32_t rid = kNoNode;
  std::uint32_t tkn = kNoNode;      // also where the command has no such parameter
  std::uint32_t unknown = kNoNode;  // a parameter that the command does not have
  std::uint64_t token = 0;          // of the session it is about; 0 for none

  /// The node of the row's parameter `index`, or null.
  [[nodiscard]] const json::Node* param(std::size_t index) const {
    return params[index] == kNoNode ? nullptr : &nodes[params[index]];
  }
};

/// What a core lends to the commands it runs. One thread.
struct Context {
  store::Store& store;
  const Clock& clock;
  Random& random;
  const store::Secret& secret;
  Tally& tally;                // what has been run
  const Host* host = nullptr;  // null: no server is around
  std::uint32_t depth_max;
  std::uint32_t core = 0;
  std::uint32_t cores = 1;
  std::uint64_t now_ms = 0;  // the moment of the commands at hand
  bool memory_full = false;  // nothing that grows is done
  store::Storage storage = store::Storage::kGood;
  bool has_saves = false;  // there is a directory for named saves
};

/// One core's share of an answer that all cores give together.
struct Part {
  std::uint64_t sessions = 0;
  std::uint64_t keys = 0;
  CoreFigures core{};  // SV_INFO
  std::string live;    // SH_EXISTS: a byte, 0 or 1, for each item of the array
  // SH_SAVE and SH_LOAD:
  Status status = Status::kOk;  // else the first fault's, with what is wrong
  std::string fault = {};
  std::uint64_t duration_ms = 0;
  bool lost = false;  // nobody can say whether what a part has changed is kept

  void add(const Part& other);
};

/// What is written down of a command. What follows from it, the table adds (see Command).
struct Row {
  std::string_view name;
  Scope scope = Scope::kSession;
  Effect effect = Effect::kReads;
  bool slides = false;   // restarts the clock of a sliding session
  bool settles = false;  // counts only after all that expired is removed, also for who asks next
  Params params{};
  List<Status, 8> statuses{};  // its own; statuses_of() adds those that follow from the rest
  List<AnswerMember, 10> answer{};
  std::string_view summary;
  std::string_view details{};
  Example example;

  /// Runs it with checked parameters, for kSession on the live session, else on null.
  void (*run)(Context&, const Call&, store::Session*, protocol::Reply&) = nullptr;
  /// kToken: the token, 0 where there is none and any core may run the call. The parameters are not
  /// checked yet.
  std::uint64_t (*find_token)(Context&, const Call&) = nullptr;
  /// kEveryCore: this core's part (null where the server does it: `saving`), and the answer from
  /// all.
  void (*part)(Context&, const Call&, Part&) = nullptr;
  void (*finish)(Context&, const Call&, const Part&, protocol::Reply&) = nullptr;

  Saving saving = Saving::kNone;
};

/// A row in the table, with what follows from it.
struct Command : Row {
  /// REQUIRES: the row's functions are those of its scope.
  Command(const Row& row, std::uint32_t its_index);

  std::uint32_t index;  // in the table
  std::string prefix;   // how its answers begin
  // The places of the parameter that names keys and of the pointers; kParamsMax: there is none.
  std::size_t keys_param = kParamsMax;
  std::size_t pointers_param = kParamsMax;

  [[nodiscard]] bool changes() const { return effect != Effect::kReads; }
  [[nodiscard]] bool grows() const { return effect == Effect::kGrows; }
};

}  // namespace seshdb::commands
