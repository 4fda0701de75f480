// Draws the tokens that sessions get: new ones, and those that are rotated. One thread.
#pragma once

#include <cstdint>

#include "commands/context.h"
#include "store/tokens.h"

namespace seshdb::commands {

/// A random token of this core, whose lower half is that of no session and is not remembered as
/// that of one. The lower half is `first` where it can be. 0 in its place: the generator is broken.
/// REQUIRES: `first` is 0, or random and of this core.
[[nodiscard]] store::Token draw_token(const Context& context, std::uint64_t first = 0);

/// The token of this lower half, which the name of a shared session gives, with an upper half that
/// is drawn. The lower half is 0 where it is taken.
[[nodiscard]] store::Token token_at(const Context& context, std::uint64_t lower);

}  // namespace seshdb::commands
