// SH_NEW to SH_END_ALL, as users and the server know them.
#include "commands/session_rows.h"

#include <array>

#include "commands/param_rows.h"
#include "commands/session_commands.h"

namespace seshdb::commands {

namespace {

constexpr AnswerMember kExpiryAnswer{
    "expiry", "object",
    "`expires`, `duration` (seconds), `time` (the deadline in Unix seconds), `deleteSession`, and "
    "`sliding` where it is true."};

constexpr std::array kNewParams{
    kNameParam,
    Param{.name = "shared",
          .type = Type::kBool,
          .required = false,
          .missing = Status::kCommandSyntax,
          .wrong_type = Status::kCommandSyntax,
          .bytes_min = 0,
          .bytes_max = 0,
          .fallback = "false",
          .summary = "True: others find the session by its name, with SH_OPEN."},
    kExpiryParam};
constexpr std::array kOpenParams{kNameParam};
constexpr std::array kTokenOnly{kTokenParam};
constexpr std::array kTouchParams{kTokenParam, kExpiryParam};
constexpr std::array kExistsParams{Param{.name = "tkns",
                                         .type = Type::kTokens,
                                         .required = true,
                                         .missing = Status::kParamMissing,
                                         .wrong_type = Status::kCommandSyntax,
                                         .bytes_min = 0,
                                         .bytes_max = 0,
                                         .fallback = "",
                                         .summary = "Tokens; items that are no strings are passed "
                                                    "over."}};

constexpr std::array kNewStatuses{Status::kOk,           Status::kCommandSyntax,
                                  Status::kValueMissing, Status::kValueTypeInvalid,
                                  Status::kValueSize,    Status::kSessionNewFail};
constexpr std::array kOpenStatuses{Status::kOk,           Status::kCommandSyntax,
                                   Status::kValueMissing, Status::kValueTypeInvalid,
                                   Status::kValueSize,    Status::kSessionOpenFail};
constexpr std::array kTokenStatuses{Status::kOk, Status::kCommandSyntax, Status::kSessionNotExist,
                                    Status::kSessionTokenInvalid};
constexpr std::array kExistsStatuses{Status::kOk, Status::kCommandSyntax, Status::kParamMissing};
constexpr std::array kInfoAllStatuses{Status::kCommandSyntax};
constexpr std::array kEndAllStatuses{Status::kOk, Status::kCommandSyntax};

constexpr std::array kNewAnswer{kStAnswer, AnswerMember{"name", "string", "The name, as it came."},
                                kTknAnswer};
constexpr std::array kOpenAnswer{
    AnswerMember{"st", "integer", "1, Ok, or 102, SessionOpenFail: no such shared session."},
    AnswerMember{"name", "string", "The name, as it came."},
    AnswerMember{"tkn", "string or null", "The session's token; null with 102."}};
constexpr std::array kEndAnswer{kStAnswer, kTknAnswer};
constexpr std::array kInfoAnswer{
    kStAnswer, kTknAnswer, AnswerMember{"shared", "bool", "Whether it can be opened by name."},
    AnswerMember{"keyCnt", "integer", "How many keys it has."}, kExpiryAnswer};
constexpr std::array kTouchAnswer{kStAnswer, kTknAnswer, kExpiryAnswer};
constexpr std::array kInfoAllAnswer{
    AnswerMember{"totalSessions", "integer", "Live sessions of the whole server."},
    AnswerMember{"totalKeys", "integer", "The keys of all of them."}};
constexpr std::array kExistsAnswer{
    kStAnswer,
    AnswerMember{"exist", "array", "The live ones, in the order asked, as often as asked."}};
constexpr std::array kEndAllAnswer{kStAnswer,
                                   AnswerMember{"cnt", "integer", "How many sessions were ended."}};

constexpr std::array kRows{
    Command{.name = "SH_NEW",
            .prefix = R"({"SH_NEW_RSP":)",
            .scope = Scope::kNewSession,
            .grows = true,
            .writes = true,
            .slides = false,
            .settles = false,
            .params = kNewParams,
            .statuses = kNewStatuses,
            .answer = kNewAnswer,
            .summary = "Makes a session and gives its token.",
            .details = "With `shared` true and a name that is already a shared session: its token; "
                       "the session stays as it is.",
            .example = {R"({"SH_NEW":{"name":"session1"}})",
                        R"({"SH_NEW_RSP":{"st":1,"name":"session1","tkn":"8467384731478681233"}})"},
            .run = sh_new,
            .part = nullptr,
            .finish = nullptr},
    Command{.name = "SH_OPEN",
            .prefix = R"({"SH_OPEN_RSP":)",
            .scope = Scope::kSharedName,
            .grows = false,
            .writes = false,
            .slides = false,
            .settles = false,
            .params = kOpenParams,
            .statuses = kOpenStatuses,
            .answer = kOpenAnswer,
            .summary = "Gives the token of a shared session.",
            .details = "",
            .example = {R"({"SH_OPEN":{"name":"sesh1"}})",
                        R"({"SH_OPEN_RSP":{"st":102,"name":"sesh1","tkn":null}})"},
            .run = sh_open,
            .part = nullptr,
            .finish = nullptr},
    Command{.name = "SH_END",
            .prefix = R"({"SH_END_RSP":)",
            .scope = Scope::kSession,
            .grows = false,
            .writes = true,
            .slides = false,
            .settles = false,
            .params = kTokenOnly,
            .statuses = kTokenStatuses,
            .answer = kEndAnswer,
            .summary = "Ends a session: it and its keys are gone at once.",
            .details = "A write that arrives later is answered with 100 and revives nothing.",
            .example = {R"({"SH_END":{"tkn":"8467384731478681233"}})",
                        R"({"SH_END_RSP":{"st":1,"tkn":"8467384731478681233"}})"},
            .run = sh_end,
            .part = nullptr,
            .finish = nullptr},
    Command{.name = "SH_INFO",
            .prefix = R"({"SH_INFO_RSP":)",
            .scope = Scope::kSession,
            .grows = false,
            .writes = false,
            .slides = false,
            .settles = false,
            .params = kTokenOnly,
            .statuses = kTokenStatuses,
            .answer = kInfoAnswer,
            .summary = "Describes a session.",
            .details = "",
            .example = {R"({"SH_INFO":{"tkn":"8467384731478681233"}})",
                        R"({"SH_INFO_RSP":{"st":1,"tkn":"8467384731478681233","shared":false,)"
                        R"("keyCnt":2,"expiry":{"expires":false,"duration":0,"time":0,)"
                        R"("deleteSession":true}}})"},
            .run = sh_info,
            .part = nullptr,
            .finish = nullptr},
    Command{.name = "SH_INFO_ALL",
            .prefix = R"({"SH_INFO_ALL_RSP":)",
            .scope = Scope::kEveryCore,
            .grows = false,
            .writes = false,
            .slides = false,
            .settles = true,
            .params = {},
            .statuses = kInfoAllStatuses,
            .answer = kInfoAllAnswer,
            .summary = "Counts live sessions and keys; what has expired is not counted.",
            .details = "",
            .example = {R"({"SH_INFO_ALL":{}})",
                        R"({"SH_INFO_ALL_RSP":{"totalSessions":1,"totalKeys":2}})"},
            .run = nullptr,
            .part = sh_info_all_part,
            .finish = sh_info_all_finish},
    Command{.name = "SH_EXISTS",
            .prefix = R"({"SH_EXISTS_RSP":)",
            .scope = Scope::kEveryCore,
            .grows = false,
            .writes = false,
            .slides = false,
            .settles = false,
            .params = kExistsParams,
            .statuses = kExistsStatuses,
            .answer = kExistsAnswer,
            .summary = "Tells which of many sessions are live.",
            .details = "",
            .example = {R"({"SH_EXISTS":{"tkns":["8467384731478681233","12"]}})",
                        R"({"SH_EXISTS_RSP":{"st":1,"exist":["8467384731478681233"]}})"},
            .run = nullptr,
            .part = sh_exists_part,
            .finish = sh_exists_finish},
    Command{
        .name = "SH_TOUCH",
        .prefix = R"({"SH_TOUCH_RSP":)",
        .scope = Scope::kSession,
        .grows = false,
        .writes = true,
        .slides = false,
        .settles = false,
        .params = kTouchParams,
        .statuses = kTokenStatuses,
        .answer = kTouchAnswer,
        .summary = "Restarts a session's clock, with other settings where they are given.",
        .details = "",
        .example = {R"({"SH_TOUCH":{"tkn":"8467384731478681233"}})",
                    R"({"SH_TOUCH_RSP":{"st":1,"tkn":"8467384731478681233",)"
                    R"("expiry":{"expires":false,"duration":0,"time":0,"deleteSession":true}}})"},
        .run = sh_touch,
        .part = nullptr,
        .finish = nullptr},
    Command{.name = "SH_END_ALL",
            .prefix = R"({"SH_END_ALL_RSP":)",
            .scope = Scope::kEveryCore,
            .grows = false,
            .writes = true,
            .slides = false,
            .settles = true,
            .params = {},
            .statuses = kEndAllStatuses,
            .answer = kEndAllAnswer,
            .summary = "Ends every session of the server.",
            .details = "",
            .example = {R"({"SH_END_ALL":{}})", R"({"SH_END_ALL_RSP":{"st":1,"cnt":1}})"},
            .run = nullptr,
            .part = sh_end_all_part,
            .finish = sh_end_all_finish}};

}  // namespace

std::span<const Command> session_rows() { return kRows; }

}  // namespace seshdb::commands
