// Parameters and members of answers that several rows have in common.
#pragma once

#include "base/limits.h"
#include "commands/command.h"

namespace seshdb::commands {

inline constexpr Param kTokenParam{.name = "tkn",
                                   .type = Type::kToken,
                                   .missing = Status::kSessionTokenInvalid,
                                   .wrong_type = Status::kSessionTokenInvalid,
                                   .bytes_min = 1,
                                   .summary = "The session's token."};
/// Where kTokenParam stands in each row that has it.
inline constexpr std::size_t kTokenPlace = 0;

inline constexpr Param kIfRevParam{
    .name = "ifRev",
    .type = Type::kRevision,
    .required = false,
    .summary =
        "A revision: where the session has another one, nothing is changed, and the answer "
        "is 50 with `m` `ifRev` and `rev`, the revision there is. With it a success has `rev` "
        "too."};

inline constexpr Param kExpiryParam{
    .name = "expiry",
    .type = Type::kExpiry,
    .required = false,
    .wrong_type = Status::kCommandSyntax,
    .summary =
        "`duration` (whole seconds, 3600.0 and 36e2 too; 0 for never, at most 3155760000) and "
        "`deleteSession` (false: at each deadline only the keys go, and the clock starts again), "
        "both required; "
        "`sliding` (default false; true: each KV_ command restarts the clock)."};

inline constexpr Param kTagParam{.name = "tag",
                                 .type = Type::kName,
                                 .bytes_min = 1,
                                 .bytes_max = limits::kTagBytesMax,
                                 .summary = "The tag."};

/// Of commands for whoever shows the session's token.
inline constexpr auth::Roles kTokenRoles{auth::Role::kToken, auth::Role::kApp};

inline constexpr AnswerMember kStAnswer{"st", "integer", "1, Ok."};
inline constexpr AnswerMember kTknAnswer{"tkn", "string", "The session's token."};
inline constexpr AnswerMember kRevAnswer{"rev", "integer", "The session's revision."};

}  // namespace seshdb::commands
