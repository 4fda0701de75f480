// A lower half leads to one session, so a taken one is drawn anew. An upper half is drawn only
// where tokens have 128 bits.
#include "commands/new_tokens.h"

namespace seshdb::commands {

namespace {

// A random 64-bit number is practically never taken. Where so many in a row are, the generator is
// broken.
constexpr int kTokenTries = 16;

bool is_taken(const Context& context, std::uint64_t lower) {
  return context.core.store.find(lower, context.turn.now_ms) != nullptr ||
         context.core.store.is_former(lower);
}

}  // namespace

store::Token token_at(const Context& context, std::uint64_t lower) {
  if (is_taken(context, lower)) return {};
  std::uint64_t upper = 0;
  if (context.core.store.token_bits() == store::TokenBits::k128) {
    while (upper == 0) upper = context.core.random.next();
  }
  return {lower, store::UpperHalf(upper)};
}

store::Token draw_token(const Context& context, std::uint64_t first) {
  std::uint64_t lower = first;
  for (int tries = 0; tries < kTokenTries; lower = context.core.random.next()) {
    if (lower == 0 || !context.core.owns(lower)) continue;
    const store::Token token = token_at(context, lower);
    if (token.lower != 0) return token;
    ++tries;
  }
  return {};
}

}  // namespace seshdb::commands
