// The checks of a request in their order, the handler, the answer.
#include "commands/executor.h"

#include <optional>
#include <string>

#include "commands/arguments.h"
#include "commands/session_lookup.h"
#include "commands/table.h"
#include "json/decimal.h"
#include "store/tokens.h"

namespace seshdb::commands {

namespace {

using protocol::Reply;

// The rid that the answer repeats, as JSON. Empty where there is none, or a faulty one.
std::string_view rid_text(const Call& call, bool valid) {
  return valid && call.rid != kNoNode ? call.nodes[call.rid].text(call.text) : std::string_view();
}

void answer_fault(const Call& call, const Fault& fault, Reply& reply) {
  reply.fault(fault.status, given_token(call), fault.message);
}

// The `ifRev` of a call, or null.
const json::Node* revision_node(const Call& call) {
  const std::size_t place = call.command->revision_param;
  return place == kParamsMax ? nullptr : call.param(place);
}

// A number that is no revision is that of no session.
bool is_current(const store::Session& session, const Call& call, const json::Node& revision) {
  return json::whole_number(revision.text(call.text), store::kRevisionMax) == session.revision();
}

// Refuses a command whose changes could not be stored or kept.
std::optional<Fault> check_room(const TurnContext& turn, const Command& command) {
  if (command.grows() && turn.memory_full) {
    return Fault{Status::kMemoryFull, "see --memory-max"};
  }
  if (turn.storage == store::Storage::kGood || !command.changes()) {
    return std::nullopt;
  }
  if (turn.storage == store::Storage::kFailed) {
    return Fault{Status::kStorageFailed, "the disk has failed, see the server's log"};
  }
  if (turn.storage == store::Storage::kFull || command.grows()) {
    return Fault{Status::kStorageFull, "the disk is full"};
  }
  return std::nullopt;
}

// Ends the answer and counts the request.
Answered end(CommandTally& tally, Reply& reply) {
  const Status noted = reply.noted();
  tally.count(noted);
  if (!reply.end()) return Answered::kNothing;
  return noted == Status::kTooManyGuesses ? Answered::kTurnedAway : Answered::kText;
}

// Looks up the session of a client whose wrong tokens count as guesses.
tl::expected<store::Session*, Fault> find_guessed(const Context& context, const Call& call) {
  auth::Guesses& guesses = *context.core.guesses;
  const std::uint64_t now_ms = context.turn.now_ms;
  if (guesses.is_blocked(call.guesser, now_ms)) {
    return tl::unexpected(Fault{Status::kTooManyGuesses, std::string(kTooManyGuesses)});
  }
  auto found = find_session(context, call);
  if (!found && found.error().status == Status::kSessionNotExist &&
      guesses.add(call.guesser, given_token(call), now_ms)) {
    return tl::unexpected(Fault{Status::kTooManyGuesses, std::string(kTooManyGuesses)});
  }
  return found;
}

// Why a client may ask nothing, if that is so.
std::optional<Fault> fault_of(const Asker& asker) {
  if (asker.is_blocked) return Fault{Status::kTooManyGuesses, std::string(kTooManyGuesses)};
  if (asker.role == auth::Role::kNone) {
    return Fault{Status::kAuthRequired, "show a key first, with AUTH"};
  }
  return std::nullopt;
}

// A call whose parameters are no object has none.
bool may_ask(const Asker& asker, const Command& command, const Call& call) {
  if (command.scope == Scope::kConnection) return true;
  if (fault_of(asker)) return false;
  return command.allows(asker.role, call);
}

// Answers with a fault of a call whose session, if it has one, is found.
void answer_found(const Call& call, const Fault& fault, Reply& reply) {
  if (call.command->has_session()) {
    write_fault(call, fault.status, fault.message, reply);
  } else {
    answer_fault(call, fault, reply);
  }
}

void run(const Context& context, const Call& call, const std::optional<Fault>& rid_fault,
         Reply& reply) {
  const Command& command = *call.command;
  store::Session* session = nullptr;
  if (command.has_session()) {
    const auto found =
        call.guesser == 0 ? find_session(context, call) : find_guessed(context, call);
    if (!found) return answer_fault(call, found.error(), reply);
    session = *found;
    // A session that is found counts as used, whatever the answer will be.
    if (command.slides && session->expiry().sliding) {
      context.core.store.slide(*session, context.turn.now_ms);
    }
  }
  if (rid_fault) {
    return answer_found(call, *rid_fault, reply);
  }
  if (const std::optional<Fault> fault = check_params(call)) {
    return answer_found(call, *fault, reply);
  }
  if (const std::optional<Fault> fault = check_room(context.turn, command)) {
    return answer_found(call, *fault, reply);
  }
  const json::Node* const revision = revision_node(call);
  if (revision != nullptr && !is_current(*session, call, *revision)) {
    write_fault(call, Status::kTestFailed, "ifRev", reply);
    reply.number("rev", session->revision());
    return;
  }
  if (command.changes()) context.core.store.begin_changes();
  command.run(context, call, session, reply);
  const bool tells_revision = command.tells_revision || revision != nullptr;
  if (tells_revision && reply.begun() && !reply.failed()) {
    reply.number("rev", session->revision());
  }
}

Answered execute_whole(const Context& context, Tally& tallies, const Call& call, Buffer& out) {
  const Clock& clock = context.core.clock;
  CommandTally& tally = tallies.of(*call.command);
  const bool timed = tallies.is_to_be_timed(tally);
  const std::uint64_t begin_ns = timed ? clock.now_ns() : 0;
  const std::optional<Fault> rid_fault = check_rid(call);
  Reply reply(out, call.command->prefix, rid_text(call, !rid_fault));
  run(context, call, rid_fault, reply);
  const Answered answered = end(tally, reply);
  if (timed) {
    tally.durations.add(clock.now_ns() - begin_ns);
  }
  return answered;
}

// A call by name has the lower half alone, and its answer tells the whole token. Not inlined, so
// that other calls do not pay for the copy.
[[gnu::noinline]] Answered execute_named(const Context& context, Tally& tallies, const Call& call,
                                         Buffer& out) {
  Call whole = call;
  const store::Session* const session = context.core.store.peek(call.token.lower);
  if (session != nullptr) whole.token = context.core.store.token_of(*session);
  return execute_whole(context, tallies, whole, out);
}

}  // namespace

Answered Executor::refuse_text(const Asker& asker, Status status, std::string_view message,
                               Buffer& out) {
  if (const std::optional<Fault> fault = fault_of(asker)) {
    protocol::append_error(fault->status, fault->message, out);
    tally_.of_none().count(fault->status);
    return asker.is_blocked ? Answered::kTurnedAway : Answered::kText;
  }
  protocol::append_error(status, message, out);
  tally_.of_none().count(status);
  return Answered::kText;
}

Answered Executor::refuse_asker(const Asker& asker, const Command& command, const Call& call,
                                Buffer& out) {
  Reply reply(out, command.prefix, rid_text(call, !check_rid(call)));
  const std::optional<Fault> fault = fault_of(asker);
  reply.fault(fault ? fault->status : Status::kForbidden, {},
              fault ? fault->message : command.name);
  return end(tally_.of(command), reply);
}

Plan Executor::plan(const protocol::Envelope& envelope, const Asker& asker, Buffer& out) {
  Plan planned;
  if (envelope.status != Status::kOk) {
    planned.answered = refuse_text(asker, envelope.status, envelope.fault, out);
    return planned;
  }
  std::string scratch;
  const Command* const command =
      find_command(envelope.nodes[1].decoded_name(envelope.text, scratch));
  if (command == nullptr && fault_of(asker)) {
    planned.answered = refuse_text(asker, Status::kCommandNotExist, {}, out);
    return planned;
  }
  if (command == nullptr) {
    protocol::append_unknown_command(envelope.name(), out);
    tally_.of_none().count(Status::kCommandNotExist);
    return planned;
  }
  const bool is_object = envelope.nodes[1].kind == json::Kind::kObject;
  if (is_object) planned.call = bind(*command, envelope);
  Call& call = planned.call;
  if (asker.role != auth::Role::kAdmin && !may_ask(asker, *command, call)) {
    planned.answered = refuse_asker(asker, *command, call, out);
    return planned;
  }
  if (!is_object) {
    Reply reply(out, command->prefix, {});
    reply.fault(Status::kCommandType, {}, "the parameters of a command are an object");
    (void)end(tally_.of(*command), reply);
    return planned;
  }
  if (command->scope == Scope::kConnection) {
    plan_connection(planned, out);
    return planned;
  }
  if (command->scope == Scope::kEveryCore || command->scope == Scope::kSaves) {
    plan_everywhere(planned, out);
    return planned;
  }
  call.guesser = asker.guesser;
  call.token = command->has_session() ? session_token(context_, call)
                                      : store::Token(command->find_token(context_, call));
  const CoreContext& core = context_.core;
  planned.kind = Plan::Kind::kOwner;
  planned.owner =
      call.token.lower == 0 ? core.index : store::owner_of(call.token.lower, core.cores);
  return planned;
}

void Executor::plan_connection(Plan& planned, Buffer& out) {
  const Call& call = planned.call;
  std::optional<Fault> fault = check_rid(call);
  Reply reply(out, call.command->prefix, rid_text(call, !fault));
  if (!fault) fault = check_params(call);
  if (!fault) {
    planned.kind = Plan::Kind::kConnection;
    return;
  }
  answer_fault(call, *fault, reply);
  (void)end(tally_.of(*call.command), reply);
}

Answered Executor::finish_authentication(const Call& call, const Authentication& made,
                                         Buffer& out) {
  Reply reply(out, call.command->prefix, rid_text(call, true));
  write_authentication(made, reply);
  const Answered answered = end(tally_.of(*call.command), reply);
  return made.ends ? Answered::kTurnedAway : answered;
}

// A call for every core is checked before it runs on any.
void Executor::plan_everywhere(Plan& planned, Buffer& out) {
  const Call& call = planned.call;
  const Command& command = *call.command;
  std::optional<Fault> fault = check_rid(call);
  Reply reply(out, command.prefix, rid_text(call, !fault));
  if (!fault) fault = check_params(call);
  if (!fault && command.scope == Scope::kSaves && !has_saves_) {
    fault = Fault{Status::kCommandDisabled, "there is no directory for saves, see --savePath"};
  }
  if (!fault) fault = check_room(context_.turn, command);
  if (fault) {
    answer_fault(call, *fault, reply);
    (void)end(tally_.of(command), reply);
    return;
  }
  planned.kind = command.scope == Scope::kSaves ? Plan::Kind::kSaves : Plan::Kind::kEveryCore;
}

Answered Executor::execute(const Call& call, Buffer& out) {
  return call.name == kNoNode ? execute_whole(context_, tally_, call, out)
                              : execute_named(context_, tally_, call, out);
}

void Executor::refuse(const Call& call, Status status, std::string_view message, Buffer& out) {
  Reply reply(out, call.command->prefix, rid_text(call, !check_rid(call)));
  answer_fault(call, Fault{status, std::string(message)}, reply);
  (void)end(tally_.of(*call.command), reply);
}

void Executor::finish(const Call& call, const Part& all, Buffer& out) {
  Reply reply(out, call.command->prefix, rid_text(call, true));
  call.command->gather.finish(context_, call, all, reply);
  (void)end(tally_.of(*call.command), reply);
}

void Executor::finish_save(const Call& call, const SaveResult& result, Buffer& out) {
  Reply reply(out, call.command->prefix, rid_text(call, true));
  write_save_result(call, result, reply);
  (void)end(tally_.of(*call.command), reply);
}

}  // namespace seshdb::commands
