// What the server's cores do, in a row.
#include "support/local_target.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/limits.h"
#include "base/utf8.h"
#include "store/replay.h"

namespace seshdb::testing {

LocalTarget::LocalTarget(std::uint32_t cores)
    : secret_(store::make_secret()), batches_(cores), envelopes_(limits::kDepthDefault) {
  for (std::uint32_t i = 0; i < cores; ++i) {
    stores_.push_back(std::make_unique<store::Store>());
  }
  use_stores();
}

void LocalTarget::use_stores() {
  contexts_.clear();
  const auto cores = static_cast<std::uint32_t>(stores_.size());
  for (std::uint32_t i = 0; i < cores; ++i) {
    batches_[i].set_unix_offset_ms(clock_.unix_offset_ms());
    stores_[i]->tell(&batches_[i]);
    contexts_.push_back({.store = *stores_[i],
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

void LocalTarget::set_unix_ms(std::int64_t ms) {
  clock_.set_unix_ms(ms);
  for (store::Batch& batch : batches_) batch.clock(clock_.unix_offset_ms(), clock_.now_ms());
}

std::string LocalTarget::reopen(bool by_snapshot) {
  std::string wrong;
  for (std::size_t i = 0; i < stores_.size(); ++i) {
    if (by_snapshot) {
      store::Batch snapshot;
      snapshot.set_unix_offset_ms(clock_.unix_offset_ms());
      stores_[i]->begin_snapshot(snapshot, [] {});
      while (!stores_[i]->snapshot_some(1'000)) {
      }
      batches_[i] = std::move(snapshot);
    }
    wrong += reopen(stores_[i], batches_[i]);
  }
  use_stores();
  return wrong;
}

namespace {

// So much earlier a restart may put the deadline of a sliding session.
std::uint64_t lag_ms_of(const store::Session& session) {
  return std::max<std::uint64_t>(session.expiry().duration_s * 1'000ULL / 16, 1'000);
}

// The session lives, but not by the deadline that the records tell. A restart at this moment would
// end it, as it may, and the model would not know.
bool lost_in_the_lag(const store::Session* before, const store::Session* after,
                     std::uint64_t now_ms) {
  return before != nullptr && after != nullptr && before->expiry().sliding &&
         !before->expired(now_ms) && after->expired(now_ms) &&
         after->deadline_ms() + lag_ms_of(*before) >= before->deadline_ms();
}

}  // namespace

// What a restart may know of a sliding session's clock lags a little behind; and where there are no
// keys, nobody needs to know it. The model does: the clock is set right afterwards.
std::string LocalTarget::reopen(std::unique_ptr<store::Store>& store, store::Batch& batch) const {
  const std::uint64_t now_ms = clock_.now_ms();
  const std::string records(batch.view());
  store->tell(nullptr);
  auto made = std::make_unique<store::Store>();
  std::set<std::uint64_t> tokens;
  const auto note = [&tokens](std::uint64_t token) { return tokens.insert(token).second || true; };
  store::Replay replay(*made, note, clock_.unix_offset_ms(), now_ms);
  if (!replay.apply(records)) return "a malformed record";
  replay.finish();
  if (replay.orphans() != 0) return "records without a session";
  if (std::any_of(tokens.begin(), tokens.end(), [&](std::uint64_t token) {
        return lost_in_the_lag(store->peek(token), made->peek(token), now_ms);
      })) {
    store->tell(&batch);
    return "";
  }
  made->tell(&batch);
  std::string wrong;
  for (const std::uint64_t token : tokens) {
    const store::Session* const before = store->find(token, now_ms);
    store::Session* const after = made->find(token, now_ms);
    if ((before == nullptr) != (after == nullptr)) wrong += "a session is gone or back; ";
    if (before == nullptr || after == nullptr || !before->expiry().sliding) continue;
    const std::uint64_t lag_ms = lag_ms_of(*before);
    const std::uint64_t real_ms = before->deadline_ms();
    const bool longer = after->deadline_ms() > real_ms && before->keys().size() != 0;
    if (longer) wrong += "a deadline went away; ";
    if (after->deadline_ms() + lag_ms < real_ms) wrong += "a deadline came near; ";
    made->set_deadline(*after, real_ms, now_ms);
  }
  store = std::move(made);
  return wrong;
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
