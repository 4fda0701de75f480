// SH_SAVE and SH_LOAD. What they do, the server does (save/saver.h); here is what they say.
#include "commands/save_rows.h"

#include <array>

#include "commands/param_rows.h"

namespace seshdb::commands {

namespace {

constexpr Param kSaveNameParam{
    .name = "name",
    .type = Type::kSaveName,
    .required = true,
    .missing = Status::kValueMissing,
    .wrong_type = Status::kValueTypeInvalid,
    .bytes_min = 1,
    .bytes_max = limits::kSaveNameBytesMax,
    .fallback = "",
    .summary =
        "The save's name: letters, digits, `.`, `-` and `_`, not beginning with `.` (else "
        "13)."};

constexpr std::array kSaveParams{
    kSaveNameParam,
    Param{.name = "tkns",
          .type = Type::kTokens,
          .required = false,
          .missing = Status::kParamMissing,
          .wrong_type = Status::kCommandSyntax,
          .bytes_min = 0,
          .bytes_max = 0,
          .fallback = "",
          .summary = "Tokens: only those of these sessions that are live are saved, not all; items "
                     "that are no strings are passed over."}};
constexpr std::array kLoadParams{kSaveNameParam};

constexpr std::array kSaveStatuses{Status::kCommandSyntax,    Status::kCommandDisabled,
                                   Status::kValueMissing,     Status::kValueTypeInvalid,
                                   Status::kValueSize,        Status::kSaveComplete,
                                   Status::kSaveDirWriteFail, Status::kSaveError};
constexpr std::array kLoadStatuses{Status::kCommandSyntax, Status::kCommandDisabled,
                                   Status::kValueMissing,  Status::kValueTypeInvalid,
                                   Status::kValueSize,     Status::kLoadComplete,
                                   Status::kLoadError};

constexpr std::array kSaveAnswer{
    AnswerMember{"st", "integer", "121, SaveComplete."},
    AnswerMember{"name", "string", "The name, as it came."},
    AnswerMember{"duration", "integer", "How long it took, in milliseconds."}};
constexpr std::array kLoadAnswer{
    AnswerMember{"st", "integer", "141, LoadComplete."},
    AnswerMember{"name", "string", "The name, as it came."},
    AnswerMember{"sessions", "integer", "How many sessions were made."},
    AnswerMember{"keys", "integer", "How many keys they have."}};

void sh_save_finish(Context& /*context*/, const Call& call, const Part& part,
                    protocol::Reply& reply) {
  if (part.status != Status::kOk) {
    reply.fault(part.status, {}, part.fault);
    return;
  }
  reply.status(Status::kSaveComplete);
  reply.raw("name", call.param(0)->text(call.text));
  reply.number("duration", part.duration_ms);
}

void sh_load_finish(Context& /*context*/, const Call& call, const Part& part,
                    protocol::Reply& reply) {
  if (part.status != Status::kOk) {
    reply.fault(part.status, {}, part.fault);
    return;
  }
  reply.status(Status::kLoadComplete);
  reply.raw("name", call.param(0)->text(call.text));
  reply.number("sessions", part.sessions);
  reply.number("keys", part.keys);
}

constexpr std::array kRows{
    Command{.name = "SH_SAVE",
            .prefix = R"({"SH_SAVE_RSP":)",
            .scope = Scope::kEveryCore,
            .grows = false,
            .writes = false,
            .slides = false,
            .settles = false,
            .params = kSaveParams,
            .statuses = kSaveStatuses,
            .answer = kSaveAnswer,
            .summary = "Saves all sessions, or some, to disk under a name.",
            .details = "The server goes on serving; each session is saved as it stands at one "
                       "moment. A save never replaces an older one of its name. 122: its folder "
                       "cannot be made; 123: it failed later, nothing of it is left, or another "
                       "save or load is under way. See [saves](saves.md).",
            .example = {R"({"SH_SAVE":{"name":"nightly"}})",
                        R"({"SH_SAVE_RSP":{"st":121,"name":"nightly","duration":840}})"},
            .run = nullptr,
            .part = nullptr,
            .finish = sh_save_finish,
            .saving = Saving::kSave},
    Command{.name = "SH_LOAD",
            .prefix = R"({"SH_LOAD_RSP":)",
            .scope = Scope::kEveryCore,
            .grows = true,
            .writes = true,
            .slides = false,
            .settles = false,
            .params = kLoadParams,
            .statuses = kLoadStatuses,
            .answer = kLoadAnswer,
            .summary = "Makes the sessions of the newest save of a name anew.",
            .details = "They have their tokens, names, keys and expiry settings again, and their "
                       "clocks start now. A session that is there already stays as it is. 142: "
                       "there is no such save, it is damaged (then nothing is loaded), or another "
                       "save or load is under way. See [saves](saves.md).",
            .example = {R"({"SH_LOAD":{"name":"nightly"}})",
                        R"({"SH_LOAD_RSP":{"st":141,"name":"nightly","sessions":3,"keys":12}})"},
            .run = nullptr,
            .part = nullptr,
            .finish = sh_load_finish,
            .saving = Saving::kLoad}};

}  // namespace

std::span<const Command> save_rows() { return kRows; }

}  // namespace seshdb::commands
