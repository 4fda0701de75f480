// Filling the store.
#include "micro/one_core.h"

#include "base/limits.h"

namespace seshdb::micro {

OneCore::OneCore(std::uint32_t sessions, std::string_view document)
    : sessions_(sessions),
      context_{.core = {.store = store_,
                        .clock = clock_,
                        .random = random_,
                        .secret = secret_,
                        .depth_max = limits::kDepthDefault},
               .turn = {.now_ms = clock_.now_ms()}},
      executor_(context_, tally_, false) {
  for (std::uint32_t i = 0; i < sessions; ++i) {
    store::Session& session = store_.create(token_of(i), false, {}, {}, context_.turn.now_ms);
    (void)store_.set(session, kKey, document);
  }
}

}  // namespace seshdb::micro
