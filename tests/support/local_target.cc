// What the server's cores do, in a row.
#include "support/local_target.h"

#include "base/limits.h"
#include "net/utf8.h"

namespace seshdb::testing {

LocalTarget::LocalTarget(std::uint32_t cores)
    : secret_(store::make_secret()), envelopes_(limits::kDepthDefault) {
  for (std::uint32_t i = 0; i < cores; ++i) {
    stores_.push_back(std::make_unique<store::Store>());
    contexts_.push_back({.store = *stores_.back(),
                         .clock = clock_,
                         .random = random_,
                         .secret = secret_,
                         .tally = tally_,
                         .depth_max = limits::kDepthDefault,
                         .core = i,
                         .cores = cores,
                         .now_ms = clock_.now_ms()});
  }
}

commands::Context& LocalTarget::context(std::uint32_t core) {
  contexts_[core].now_ms = clock_.now_ms();
  return contexts_[core];
}

std::optional<std::string> LocalTarget::send(std::string_view text) {
  Buffer out;
  const commands::Plan plan = commands::plan(context(0), envelopes_.read(text), out);
  bool any = true;
  if (plan.kind == commands::Plan::Kind::kOwner) {
    any = commands::execute(context(plan.owner), plan.call, out);
  } else if (plan.kind == commands::Plan::Kind::kEveryCore) {
    commands::Part all;
    for (std::uint32_t core = 0; core < contexts_.size(); ++core) {
      commands::Part part;
      store::Store& store = *stores_[core];
      store.settle(clock_.now_ms());
      while (!store.settled()) {
        (void)store.reclaim(clock_.now_ms(), 16);
      }
      commands::execute_part(context(core), plan.call, part);
      all.add(part);
    }
    commands::finish(context(0), plan.call, all, out);
  }
  return any ? std::optional<std::string>(out.view()) : std::nullopt;
}

}  // namespace seshdb::testing
