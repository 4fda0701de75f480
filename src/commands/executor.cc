// The gates of a request, each a few lines, in the order in which they are passed.
#include "commands/execute.h"

#include <algorithm>

#include "commands/arguments.h"
#include "commands/table.h"
#include "commands/tally.h"
#include "json/string.h"
#include "store/owner.h"
#include "store/tokens.h"

namespace seshdb::commands {

namespace {

using protocol::Reply;

// The rid as JSON, to be echoed; empty where there is none or a faulty one.
std::string_view rid_text(const Call& call, bool valid) {
  return valid && call.rid != kNoNode ? call.nodes[call.rid].text(call.text) : std::string_view();
}

// What cannot be stored or kept is not done.
std::optional<Fault> check_room(const Context& context, const Command& command) {
  if (command.saving != Saving::kNone && !context.has_saves) {
    return Fault{Status::kCommandDisabled, "there is no directory for saves, see --savePath"};
  }
  if (command.grows() && context.memory_full) {
    return Fault{Status::kMemoryFull, "see --memory-max"};
  }
  if (context.storage == store::Storage::kGood || !command.changes()) {
    return std::nullopt;
  }
  if (context.storage == store::Storage::kFailed) {
    return Fault{Status::kStorageFailed, "the disk has failed, see the server's log"};
  }
  if (context.storage == store::Storage::kFull || command.grows()) {
    return Fault{Status::kStorageFull, "the disk is full"};
  }
  return std::nullopt;
}

void answer_fault(const Call& call, const Fault& fault, Reply& reply) {
  reply.fault(fault.status, token_text(call), fault.message);
}

// Ends an answer and counts the request; false where there is none.
bool end(CommandTally& tally, Reply& reply) {
  tally.count(reply.noted());
  return reply.end();
}

// From the session to the answer.
void run(Context& context, const Call& call, const std::optional<Fault>& rid_fault, Reply& reply) {
  const Command& command = *call.command;
  store::Session* session = nullptr;
  if (command.scope == Scope::kSession) {
    if (token_text(call).empty()) {
      return answer_fault(call, {Status::kSessionTokenInvalid, "tkn"}, reply);
    }
    session = call.token == 0 ? nullptr : context.store.find(call.token, context.now_ms);
    if (session == nullptr) {
      return answer_fault(call, {Status::kSessionNotExist, "tkn"}, reply);
    }
    // Found is used, whatever the command then answers.
    if (command.slides && session->expiry().sliding) {
      context.store.slide(*session, context.now_ms);
    }
  }
  if (rid_fault) {
    return answer_fault(call, *rid_fault, reply);
  }
  if (const std::optional<Fault> fault = check_params(call)) {
    return answer_fault(call, *fault, reply);
  }
  if (const std::optional<Fault> fault = check_room(context, command)) {
    return answer_fault(call, *fault, reply);
  }
  command.run(context, call, session, reply);
}

std::uint64_t session_token(const Call& call) {
  if (token_text(call).empty()) {
    return 0;
  }
  std::string scratch;
  return store::parse_token(call.nodes[call.tkn].string(call.text, scratch)).value_or(0);
}

// The faults of a command that runs on every core, found before it does.
std::optional<Fault> check_every_core(const Context& context, const Call& call) {
  if (std::optional<Fault> fault = check_params(call)) {
    return fault;
  }
  return check_room(context, *call.command);
}

}  // namespace

void Part::add(const Part& other) {
  sessions += other.sessions;
  keys += other.keys;
  core.connections += other.core.connections;
  core.engine.add(other.core.engine);
  if (other.status != Status::kOk && fault.empty()) {  // who only stopped because of it says none
    status = other.status;
    fault = other.fault;
  }
  live.resize(std::max(live.size(), other.live.size()), '\0');
  for (std::size_t i = 0; i < other.live.size(); ++i) {
    live[i] = live[i] != '\0' || other.live[i] != '\0' ? '\1' : '\0';
  }
}

Plan plan(Context& context, const protocol::Envelope& envelope, Buffer& out) {
  Plan planned;
  if (envelope.status != Status::kOk) {
    protocol::append_error(envelope.status, envelope.fault, out);
    context.tally.of_none().count(envelope.status);
    return planned;
  }
  std::string scratch;
  const Command* const command =
      find_command(envelope.nodes[1].decoded_name(envelope.text, scratch));
  if (command == nullptr) {
    protocol::append_unknown_command(envelope.name(), out);
    context.tally.of_none().count(Status::kCommandNotExist);
    return planned;
  }
  if (envelope.nodes[1].kind != json::Kind::kObject) {
    Reply reply(out, command->prefix, {});
    reply.fault(Status::kCommandType, {}, "the parameters of a command are an object");
    (void)end(context.tally.of(*command), reply);
    return planned;
  }
  planned.call = bind(*command, envelope);
  if (command->scope == Scope::kEveryCore) {
    const Call& call = planned.call;
    std::optional<Fault> fault = check_rid(call);
    Reply reply(out, command->prefix, rid_text(call, !fault));
    if (!fault) {
      fault = check_every_core(context, call);
    }
    if (fault) {
      answer_fault(call, *fault, reply);
      (void)end(context.tally.of(*command), reply);
    } else {
      planned.kind = Plan::Kind::kEveryCore;
    }
    return planned;
  }
  planned.call.token = command->scope == Scope::kSession
                           ? session_token(planned.call)
                           : command->find_token(context, planned.call);
  planned.kind = Plan::Kind::kOwner;
  planned.owner =
      planned.call.token == 0 ? context.core : store::owner_of(planned.call.token, context.cores);
  return planned;
}

bool execute(Context& context, const Call& call, Buffer& out) {
  CommandTally& tally = context.tally.of(*call.command);
  const bool timed = context.tally.is_to_be_timed(tally);
  const std::uint64_t begin_ns = timed ? context.clock.now_ns() : 0;
  const std::optional<Fault> rid_fault = check_rid(call);
  Reply reply(out, call.command->prefix, rid_text(call, !rid_fault));
  run(context, call, rid_fault, reply);
  const bool any = end(tally, reply);
  if (timed) {
    tally.durations.add(context.clock.now_ns() - begin_ns);
  }
  return any;
}

void refuse(Context& context, const Call& call, Status status, std::string_view message,
            Buffer& out) {
  Reply reply(out, call.command->prefix, rid_text(call, !check_rid(call)));
  answer_fault(call, Fault{status, std::string(message)}, reply);
  (void)end(context.tally.of(*call.command), reply);
}

void execute_part(Context& context, const Call& call, Part& part) {
  call.command->part(context, call, part);
}

void finish(Context& context, const Call& call, const Part& all, Buffer& out) {
  Reply reply(out, call.command->prefix, rid_text(call, true));
  call.command->finish(context, call, all, reply);
  (void)end(context.tally.of(*call.command), reply);
}

}  // namespace seshdb::commands
