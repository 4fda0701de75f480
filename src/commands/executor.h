// Running a call: session, checks, handler, answer. The one path for every command on every core.
#pragma once

#include "base/buffer.h"
#include "commands/command.h"
#include "protocol/envelope.h"

namespace seshdb::commands {

/// What is to be done with a request.
struct Plan {
  enum class Kind : std::uint8_t {
    kAnswered,   // the answer, a fault's, is written
    kOwner,      // `execute` on core `owner`
    kEveryCore,  // `execute_part` on each core, then `finish`
  };
  Kind kind = Kind::kAnswered;
  std::uint32_t owner = 0;
  Call call;
};

// Every request is counted in context.tally where its answer is written.

/// Finds the request's command and where it has to run.
[[nodiscard]] Plan plan(Context& context, const protocol::Envelope& envelope, Buffer& out);

/// Runs a call on its owner and writes its answer to `out`; false where it has none.
bool execute(Context& context, const Call& call, Buffer& out);

/// Answers a call that is not run, as what it is about cannot be reached.
void refuse(Context& context, const Call& call, Status status, std::string_view message,
            Buffer& out);

/// kEveryCore: what this core has to say. Where the row says `settles`, the store is to be settled.
void execute_part(Context& context, const Call& call, Part& part);
/// Writes the answer from all parts.
void finish(Context& context, const Call& call, const Part& all, Buffer& out);

}  // namespace seshdb::commands
