// Parts, from the request for them to the answer made of all.
#include "core/gathers.h"

#include <utility>

#include "commands/execute.h"
#include "core/save_outcome.h"

namespace seshdb::core {

void Gathers::begin(const ReturnAddress& from, const commands::Call& call) {
  begin({.from = from, .call = std::make_shared<const OwnedCall>(call), .part = {}, .conclude = {}},
        nullptr);
}

void Gathers::begin(const std::shared_ptr<const OwnedCall>& call,
                    const std::shared_ptr<save::SaveJob>& job, Parts conclude) {
  begin({.from = {}, .call = call, .part = {}, .conclude = std::move(conclude)}, job);
}

void Gathers::begin(Gather gather, const std::shared_ptr<save::SaveJob>& job) {
  const std::uint64_t number = next_++;
  gather.missing = context_.cores;
  gather.begin_ns = context_.clock.now_ns();
  for (std::uint32_t core = 0; core < context_.cores; ++core) {
    exchange_.calls_to(core).add_part_request({.call = gather.call, .gather = number, .job = job});
  }
  gathers_.emplace(number, std::move(gather));
}

void Gathers::take(std::uint32_t asker, PartRequest request) {
  PartJob job{.asker = asker, .request = std::move(request)};
  if (!committer_.engine().is_remote()) {
    settle(std::move(job));
    return;
  }
  fetching_.push_back(std::move(job));
  if (fetching_.size() != 1) return;
  const engine::Fetched now = committer_.engine().fetch(engine::Engine::kEveryToken);
  if (now != engine::Fetched::kPending) on_fetched(now);
}

void Gathers::on_fetched(engine::Fetched fetched) {
  for (PartJob& job : std::exchange(fetching_, {})) {
    if (fetched == engine::Fetched::kRefused) {
      send(job, {}, true);
    } else {
      settle(std::move(job));
    }
  }
}

void Gathers::settle(PartJob job) {
  if (!job.request.call->call.command->settles) {
    run(job);
  } else if (settling_.empty()) {
    context_.store.settle(context_.now_ms);
    settling_.push_back(std::move(job));
  } else {
    settling_later_.push_back(std::move(job));
  }
}

// Runs those whose moment has come: everything that had expired when they were asked is removed.
void Gathers::work() {
  if (settling_.empty() || !context_.store.settled()) {
    return;
  }
  for (const PartJob& job : std::exchange(settling_, {})) {
    run(job);
  }
  if (!settling_later_.empty()) {
    settling_.swap(settling_later_);
    context_.store.settle(context_.now_ms);
  }
}

void Gathers::run(const PartJob& job) {
  if (job.request.job != nullptr) {
    saver_.begin_part(job.request.job,
                      [this, job](const save::Outcome& outcome) { send(job, part_of(outcome)); });
    return;
  }
  commands::Part part;
  const commands::Call& call = job.request.call->call;
  // Where what it changes cannot be kept, which the core that was asked may not have known.
  const bool lost =
      call.command->changes() && committer_.engine().storage() >= store::Storage::kFull;
  if (!lost) commands::execute_part(context_, call, part);
  send(job, part, lost);
}

void Gathers::send(const PartJob& job, const commands::Part& part, bool lost) {
  exchange_.answers_to(job.asker).add_part_answer(
      {.gather = job.request.gather, .part = part, .lost = lost});
}

void Gathers::add(const PartAnswer& answer) {
  const auto found = gathers_.find(answer.gather);
  if (found == gathers_.end()) {
    return;  // another part of it was lost
  }
  Gather& gather = found->second;
  gather.part.add(answer.part);
  if (answer.lost && !gather.conclude) {
    outbox_.lose(gather.from);
    gathers_.erase(found);
    return;
  }
  // The others go on with a save or load, and are waited for.
  gather.part.lost = gather.part.lost || answer.lost;
  if (--gather.missing != 0) {
    return;
  }
  const Gather whole = std::move(gather);
  context_.tally.of(*whole.call->call.command)
      .durations.add(context_.clock.now_ns() - whole.begin_ns);
  gathers_.erase(found);
  if (whole.conclude) {
    whole.conclude(whole.part);
  } else {
    this->answer(whole.from, whole.call->call, whole.part);
  }
}

void Gathers::answer(const ReturnAddress& from, const commands::Call& call,
                     const commands::Part& all) {
  answer_.clear();
  commands::finish(context_, call, all, answer_);
  outbox_.complete(from, answer_.view(), true);
}

}  // namespace seshdb::core
