// How answers tell a session's token, expiry and tags.
#pragma once

#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "commands/command.h"
#include "commands/context.h"
#include "store/session.h"

namespace seshdb::commands {

inline constexpr AnswerMember kExpiryAnswer{
    "expiry", "object",
    "`expires`, `duration` (seconds), `time` (the deadline in Unix seconds), `deleteSession`, and "
    "`sliding` where it is true."};

/// The tags as an array.
void append_tags(const std::vector<std::string_view>& tags, Buffer& out);

/// The object that kExpiryAnswer describes.
void append_expiry(const Context& context, const store::Session& session, Buffer& out);

}  // namespace seshdb::commands
