// From the request for parts to the answer made of them.
#include "core/gathers.h"

#include <utility>

namespace seshdb::core {

void Gathers::begin(const ReturnAddress& from, const commands::Call& call) {
  const commands::CoreContext& core = executor_.context().core;
  const std::uint64_t number = next_++;
  const auto owned = std::make_shared<const OwnedCall>(call);
  for (std::uint32_t to = 0; to < core.cores; ++to) {
    exchange_.calls_to(to).add(PartRequest{.call = owned, .gather = number});
  }
  gathers_.emplace(
      number,
      Gather{.from = from, .call = owned, .missing = core.cores, .begin_ns = core.clock.now_ns()});
}

void Gathers::take(std::uint32_t asker, PartRequest request) {
  fetch_all([this, job = PartJob{asker, std::move(request)}](engine::Fetched fetched) {
    if (fetched == engine::Fetched::kRefused) {
      send(job, {}, true);
    } else {
      settle(job);
    }
  });
}

void Gathers::fetch_all(OnFetched then) {
  engine::Engine& engine = committer_.engine();
  if (!engine.is_remote()) {
    then(engine::Fetched::kReady);
    return;
  }
  fetching_.push_back(std::move(then));
  if (fetching_.size() != 1) return;
  const engine::Fetched now = engine.fetch(engine::Engine::kEveryToken);
  if (now != engine::Fetched::kPending) on_fetched(now);
}

void Gathers::on_fetched(engine::Fetched fetched) {
  for (const OnFetched& then : std::exchange(fetching_, {})) then(fetched);
}

void Gathers::settle(PartJob job) {
  if (!job.request.call->call.command->settles) {
    run(job);
  } else if (settling_.empty()) {
    settling_.push_back(std::move(job));
    begin_settling();
  } else {
    settling_later_.push_back(std::move(job));
  }
}

void Gathers::begin_settling() {
  const commands::Context& context = executor_.context();
  context.core.store.settle(context.turn.now_ms);
}

// Runs the parts that waited, once all that had expired when they were asked for is removed.
void Gathers::work() {
  if (!slicing_.empty()) run_slice();
  if (settling_.empty() || !executor_.context().core.store.settled()) {
    return;
  }
  for (const PartJob& job : std::exchange(settling_, {})) {
    run(job);
  }
  if (!settling_later_.empty()) {
    settling_.swap(settling_later_);
    begin_settling();
  }
}

bool Gathers::cannot_keep(const commands::Call& call) const {
  return call.command->changes() && committer_.engine().storage() >= store::Storage::kFull;
}

void Gathers::run(const PartJob& job) {
  const commands::Call& call = job.request.call->call;
  if (cannot_keep(call)) {
    send(job, {}, true);
  } else if (commands::Part part = executor_.execute_part(call);
             call.command->gather.work == nullptr) {
    send(job, std::move(part), false);
  } else {
    slicing_.push_back({.job = job, .part = std::move(part)});
  }
}

// The slices of one turn are committed with it. The log keeps commits in their order, so the
// answer, which waits for the last, waits for all.
void Gathers::run_slice() {
  Slicing next = std::move(slicing_.front());
  slicing_.pop_front();
  const commands::Call& call = next.job.request.call->call;
  if (cannot_keep(call)) {
    send(next.job, {}, true);
  } else if (executor_.execute_slice(call, next.part)) {
    slicing_.push_back(std::move(next));
  } else {
    send(next.job, std::move(next.part), false);
  }
}

void Gathers::send(const PartJob& job, commands::Part part, bool lost) {
  exchange_.answers_to(job.asker).add(
      PartAnswer{.gather = job.request.gather, .part = std::move(part), .lost = lost});
}

void Gathers::add(PartAnswer answer) {
  const auto found = gathers_.find(answer.gather);
  if (found == gathers_.end()) {
    return;  // another part of it was lost
  }
  Gather& gather = found->second;
  if (answer.lost) {
    outbox_.lose(gather.from);
    gathers_.erase(found);
    return;
  }
  const commands::Call& call = gather.call->call;
  if (gather.all.has_value()) {
    call.command->gather.add(gather.all, answer.part);
  } else {
    gather.all = std::move(answer.part);
  }
  if (--gather.missing != 0) {
    return;
  }
  executor_.count_duration(*call.command,
                           executor_.context().core.clock.now_ns() - gather.begin_ns);
  answer_.clear();
  executor_.finish(call, gather.all, answer_);
  outbox_.complete(gather.from, answer_.view(), Answered::kText);
  gathers_.erase(found);
}

}  // namespace seshdb::core
