// SH_SAVE and SH_LOAD. What they do, the server does (save/saver.h); here is what they say.
#include "commands/save_commands.h"

#include <array>

#include "commands/shared_rows.h"

namespace seshdb::commands {

namespace {

constexpr Param kSaveNameParam{
    .name = "name",
    .type = Type::kSaveName,
    .missing = Status::kValueMissing,
    .bytes_min = 1,
    .bytes_max = limits::kSaveNameBytesMax,
    .summary =
        "The save's name: letters, digits, `.`, `-` and `_`, not beginning with `.` (else "
        "13)."};
constexpr Params kSaveParams{
    kSaveNameParam,
    {.name = "tkns",
     .type = Type::kTokens,
     .required = false,
     .wrong_type = Status::kCommandSyntax,
     .summary = "Tokens: only those of these sessions that are live are saved, not all; items "
                "that are no strings are passed over."}};
constexpr Params kLoadParams{kSaveNameParam};

constexpr std::size_t kName = place_of("name", kSaveParams);
static_assert(kName == place_of("name", kLoadParams));
constexpr std::size_t kTokens = place_of("tkns", kSaveParams);

void sh_save_finish(Context& /*context*/, const Call& call, const Part& part,
                    protocol::Reply& reply) {
  if (part.status != Status::kOk) {
    reply.fault(part.status, {}, part.fault);
    return;
  }
  reply.status(Status::kSaveComplete);
  reply.raw("name", call.param(kName)->text(call.text));
  reply.number("duration", part.duration_ms);
}

void sh_load_finish(Context& /*context*/, const Call& call, const Part& part,
                    protocol::Reply& reply) {
  if (part.status != Status::kOk) {
    reply.fault(part.status, {}, part.fault);
    return;
  }
  reply.status(Status::kLoadComplete);
  reply.raw("name", call.param(kName)->text(call.text));
  reply.number("sessions", part.sessions);
  reply.number("keys", part.keys);
}

constexpr std::array kRows{
    Row{.name = "SH_SAVE",
        .scope = Scope::kEveryCore,
        .params = kSaveParams,
        .statuses = {Status::kCommandDisabled, Status::kSaveComplete, Status::kSaveDirWriteFail,
                     Status::kSaveError},
        .answer = {{"st", "integer", "121, SaveComplete."},
                   {"name", "string", "The name, as it came."},
                   {"duration", "integer", "How long it took, in milliseconds."}},
        .summary = "Saves all sessions, or some, to disk under a name.",
        .details = "The server goes on serving; each session is saved as it stands at one "
                   "moment. A save never replaces an older one of its name. 122: its folder "
                   "cannot be made; 123: it failed later, nothing of it is left, or another "
                   "save or load is under way. See [saves](saves.md).",
        .example = {R"({"SH_SAVE":{"name":"nightly"}})",
                    R"({"SH_SAVE_RSP":{"st":121,"name":"nightly","duration":840}})"},
        .finish = sh_save_finish,
        .saving = Saving::kSave},
    Row{.name = "SH_LOAD",
        .scope = Scope::kEveryCore,
        .effect = Effect::kGrows,
        .params = kLoadParams,
        .statuses = {Status::kCommandDisabled, Status::kLoadComplete, Status::kLoadError},
        .answer = {{"st", "integer", "141, LoadComplete."},
                   {"name", "string", "The name, as it came."},
                   {"sessions", "integer", "How many sessions were made."},
                   {"keys", "integer", "How many keys they have."}},
        .summary = "Makes the sessions of the newest save of a name anew.",
        .details = "They have their tokens, names, keys and expiry settings again, and their "
                   "clocks start now. A session that is there already stays as it is. 142: "
                   "there is no such save, it is damaged (then nothing is loaded), or another "
                   "save or load is under way. See [saves](saves.md).",
        .example = {R"({"SH_LOAD":{"name":"nightly"}})",
                    R"({"SH_LOAD_RSP":{"st":141,"name":"nightly","sessions":3,"keys":12}})"},
        .finish = sh_load_finish,
        .saving = Saving::kLoad}};

}  // namespace

std::span<const Row> save_rows() { return kRows; }

}  // namespace seshdb::commands
