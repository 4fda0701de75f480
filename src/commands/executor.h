// Runs calls: session, checks, handler, answer. Every command on every core takes this path, and
// every request is counted here. One thread; no sockets, no disk.
#pragma once

#include <cstdint>
#include <string_view>

#include "auth/role.h"
#include "base/answered.h"
#include "base/buffer.h"
#include "commands/auth_commands.h"
#include "commands/command.h"
#include "commands/save_commands.h"
#include "commands/tally.h"
#include "protocol/envelope.h"

namespace seshdb::commands {

/// Who asks.
struct Asker {
  auth::Role role = auth::Role::kAdmin;
  std::uint64_t guesser = 0;  // see Call::guesser
  bool is_blocked = false;    // by auth::Guesses: only AUTH is let in
};

/// What is to be done with a request.
struct Plan {
  enum class Kind : std::uint8_t {
    kAnswered,    // nothing: a fault is answered
    kConnection,  // `finish_authentication`
    kOwner,       // `execute` on core `owner`
    kEveryCore,   // `execute_part` on each core, then `finish`
    kSaves,       // a save or load, then `finish_save`
  };
  Kind kind = Kind::kAnswered;
  Answered answered = Answered::kText;  // of kAnswered
  std::uint32_t owner = 0;
  Call call;
};

class Executor {
 public:
  /// `has_saves`: there is a directory for named saves. Context and tally must outlive it.
  Executor(const Context& context, Tally& tally, bool has_saves)
      : context_(context), tally_(tally), has_saves_(has_saves) {}

  [[nodiscard]] const Context& context() const { return context_; }

  /// Finds the request's command and where it has to run. Checks first whether the client may
  /// make this call; nothing else checks that.
  [[nodiscard]] Plan plan(const protocol::Envelope& envelope, const Asker& asker, Buffer& out);
  /// Answers what is no request, with that fault unless the client may ask nothing at all.
  Answered refuse_text(const Asker& asker, Status status, std::string_view message, Buffer& out);

  /// Runs a call on its owner and writes its answer to `out`.
  Answered execute(const Call& call, Buffer& out);
  /// kConnection: writes the answer.
  Answered finish_authentication(const Call& call, const Authentication& made, Buffer& out);
  /// Answers a call that is not run, since its session cannot be reached.
  void refuse(const Call& call, Status status, std::string_view message, Buffer& out);

  /// kEveryCore: this core's part. Where the row says `settles`, the store is to be settled. Where
  /// the row has `work`, the part is finished by slices.
  [[nodiscard]] Part execute_part(const Call& call) {
    return call.command->gather.part(context_, call);
  }
  /// A slice of it; false where it was the last.
  [[nodiscard]] bool execute_slice(const Call& call, Part& part) {
    return call.command->gather.work(context_, call, part);
  }
  /// Writes the answer from all parts.
  void finish(const Call& call, const Part& all, Buffer& out);

  /// kSaves: writes the answer.
  void finish_save(const Call& call, const SaveResult& result, Buffer& out);

  /// How long the parts of a command took.
  void count_duration(const Command& command, std::uint64_t ns) {
    tally_.of(command).durations.add(ns);
  }

 private:
  // Answers a client that may not make the call.
  Answered refuse_asker(const Asker& asker, const Command& command, const Call& call, Buffer& out);
  void plan_connection(Plan& planned, Buffer& out);
  void plan_everywhere(Plan& planned, Buffer& out);

  const Context& context_;
  Tally& tally_;
  const bool has_saves_;
};

}  // namespace seshdb::commands
