// Parameters that several rows share, so that one parameter is checked and described in one way.
#pragma once

#include "base/limits.h"
#include "commands/command.h"

namespace seshdb::commands {

inline constexpr Param kTokenParam{.name = "tkn",
                                   .type = Type::kToken,
                                   .required = true,
                                   .missing = Status::kSessionTokenInvalid,
                                   .wrong_type = Status::kSessionTokenInvalid,
                                   .bytes_min = 1,
                                   .bytes_max = 0,
                                   .fallback = "",
                                   .summary = "The session's token."};

inline constexpr Param kNameParam{
    .name = "name",
    .type = Type::kName,
    .required = true,
    .missing = Status::kValueMissing,
    .wrong_type = Status::kValueTypeInvalid,
    .bytes_min = 1,
    .bytes_max = limits::kSessionNameBytesMax,
    .fallback = "",
    .summary = "For a shared session the name to open it by, otherwise an echo."};

inline constexpr Param kExpiryParam{
    .name = "expiry",
    .type = Type::kExpiry,
    .required = false,
    .missing = Status::kCommandSyntax,
    .wrong_type = Status::kCommandSyntax,
    .bytes_min = 0,
    .bytes_max = 0,
    .fallback = "",
    .summary =
        "`duration` (whole seconds, 3600.0 and 36e2 too; 0 for never, at most 3155760000) and "
        "`deleteSession` (false: at each deadline only the keys go, and the clock starts again), "
        "both required; "
        "`sliding` (default false; true: each KV_ command restarts the clock)."};

inline constexpr Param kKeyListParam{.name = "keys",
                                     .type = Type::kKeyList,
                                     .required = true,
                                     .missing = Status::kParamMissing,
                                     .wrong_type = Status::kValueTypeInvalid,
                                     .bytes_min = 0,
                                     .bytes_max = limits::kKeyNameBytesMax,
                                     .fallback = "",
                                     .summary = "The keys' names; a name given twice counts once."};

inline constexpr Param kKeyValuesParam{
    .name = "keys",
    .type = Type::kKeyValues,
    .required = true,
    .missing = Status::kParamMissing,
    .wrong_type = Status::kValueTypeInvalid,
    .bytes_min = 0,
    .bytes_max = limits::kKeyNameBytesMax,
    .fallback = "",
    .summary = "A value, of any JSON type, for each key; of a name given twice the last counts."};

inline constexpr AnswerMember kStAnswer{"st", "integer", "1, Ok."};
inline constexpr AnswerMember kTknAnswer{"tkn", "string", "The session's token."};

}  // namespace seshdb::commands
