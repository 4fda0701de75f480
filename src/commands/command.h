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
  bool required;
  Status missing;           // `st` where it is required and not there
  Status wrong_type;        // `st` where its type is wrong
  std::uint32_t bytes_min;  // bounds of a string, or of each key's name; else 0
  std::uint32_t bytes_max;
  std::string_view fallback;  // what holds where it is not there, as JSON; empty: nothing
  std::string_view summary;
};

struct AnswerMember {
  std::string_view name;
  std::string_view type;
  std::string_view summary;
};

/// Where a command runs.
enum class Scope : std::uint8_t {
  kSession,     // on the core that owns `tkn`'s session
  kNewSession,  // on the core that will own the new session
  kSharedName,  // on the core that owns the session shared under `name`
  kEveryCore,   // a part on each core, the parts put together
};

/// What a command does with the directory of named saves. The server does it, on every core; no
/// handler has a part in it.
enum class Saving : std::uint8_t { kNone, kSave, kLoad };

inline constexpr std::size_t kParamsMax = 3;
inline constexpr std::uint32_t kNoNode = UINT32_MAX;
/// Of a command on a session's keys, the parameter that names them.
inline constexpr std::size_t kKeysParam = 1;

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

struct Example {
  std::string_view request;
  std::string_view answer;  // empty: none
};

struct Command {
  std::string_view name;
  std::string_view prefix;  // how its answers begin
  Scope scope;
  bool grows;    // may take memory; refused where there is none left
  bool writes;   // changes something; refused where it cannot be kept
  bool slides;   // restarts the clock of a sliding session
  bool settles;  // counts only after all that expired is removed, also for who asks next
  std::span<const Param> params;
  std::span<const Status> statuses;  // but for 12, and what a `rid` is refused with: all have those
  std::span<const AnswerMember> answer;
  std::string_view summary;
  std::string_view details;
  Example example;

  /// Runs it on a live session (null where the scope is not kSession) with checked parameters.
  void (*run)(Context&, const Call&, store::Session*, protocol::Reply&);
  /// kEveryCore: this core's part (null where the server does it: `saving`), and the answer from
  /// all.
  void (*part)(Context&, const Call&, Part&);
  void (*finish)(Context&, const Call&, const Part&, protocol::Reply&);

  Saving saving = Saving::kNone;
  std::uint32_t index = 0;  // in the table, which says it
};

}  // namespace seshdb::commands
