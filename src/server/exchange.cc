// How cores work together: calls to owners and their answers, and commands that run on every core.
#include <array>
#include <utility>

#include "base/limits.h"
#include "server/core.h"
#include "server/save_outcome.h"

namespace seshdb::server {

namespace {
constexpr std::size_t kSpentMost = 16;
constexpr std::size_t kAnswerBytesOfParcel = std::size_t{64} << 10;
}  // namespace

// What a core does with the messages of a parcel.
struct ParcelVisitor {
  Core& core;
  std::uint32_t sender;

  void on_call(const ReturnAddress& from, const commands::Call& call) {
    core.run_for(sender, from, call);
  }
  void on_answer(const ReturnAddress& to, std::string_view answer, bool any) {
    core.complete(to, answer, any);
  }
  void on_lost(const ReturnAddress& to) { core.lose(to); }
  void on_part_request(PartRequest&& request) {
    core.take_part_job({.asker = sender, .request = std::move(request)});
  }
  void on_part_answer(PartAnswer&& answer) { core.add_part(answer); }
  void on_socket(Descriptor&& socket) { core.add_connection(std::move(socket)); }
};

// As with a window of requests: what the calls will touch comes into the caches together.
void Core::prefetch_calls(Parcel& parcel) {
  parcel.for_each_call([this](const commands::Call& call) { store_.prefetch(call.token); });
  std::array<const commands::Call*, kWindow> calls{};
  std::size_t count = 0;
  parcel.for_each_call([&](const commands::Call& call) {
    calls[count++] = &call;
    if (count == calls.size()) {
      commands::prefetch_keys(store_, calls);
      count = 0;
    }
  });
  commands::prefetch_keys(store_, {calls.data(), count});
}

void Core::receive_parcels() {
  Mailbox& mailbox = *shared_.mailboxes[index_];
  for (std::uint32_t sender = 0; sender < context_.cores; ++sender) {
    ParcelVisitor visitor{*this, sender};
    while (std::unique_ptr<Parcel> parcel = mailbox.pop(sender)) {
      context_.now_ms = shared_.clock.now_ms();
      prefetch_calls(*parcel);
      parcel->visit(visitor);
      if (parcel->reuse() && spent_.size() < kSpentMost) {
        spent_.push_back(std::move(parcel));
      }
    }
  }
}

// What does not fit into a ring waits for the next turn; calls are added to meanwhile.
void Core::send_calls() {
  for (std::uint32_t core = 0; core < context_.cores; ++core) {
    if (outgoing_[core].calls != nullptr &&
        shared_.mailboxes[core]->push(index_, outgoing_[core].calls)) {
      shared_.mailboxes[core]->ring();
    }
  }
}

void Core::send_answers() {
  for (std::uint32_t core = 0; core < context_.cores; ++core) {
    Outgoing& parcels = outgoing_[core];
    if (engine_->is_safe()) {
      for (auto& parcel : parcels.answers) parcels.ready.push_back(std::move(parcel));
      parcels.answers.clear();
    }
    bool any = false;
    while (!parcels.ready.empty() && shared_.mailboxes[core]->push(index_, parcels.ready.front())) {
      parcels.ready.pop_front();
      any = true;
    }
    if (any) shared_.mailboxes[core]->ring();
  }
}

Parcel& Core::calls_to(std::uint32_t core) {
  std::unique_ptr<Parcel>& calls = outgoing_[core].calls;
  if (calls == nullptr) calls = empty_parcel();
  return *calls;
}

// Many large answers stand in several parcels: a parcel is copied where it has to grow.
Parcel& Core::answers_to(std::uint32_t core) {
  auto& answers = outgoing_[core].answers;
  if (answers.empty() || answers.back()->bytes() >= kAnswerBytesOfParcel) {
    answers.push_back(empty_parcel());
  }
  return *answers.back();
}

std::unique_ptr<Parcel> Core::empty_parcel() {
  if (spent_.empty()) return std::make_unique<Parcel>();
  std::unique_ptr<Parcel> parcel = std::move(spent_.back());
  spent_.pop_back();
  return parcel;
}

void Core::run_for(std::uint32_t asker, const ReturnAddress& from, const commands::Call& call) {
  remote_answer_.clear();
  const bool any = execute(call, remote_answer_);
  answers_to(asker).add_answer(from, remote_answer_.view(), any);
}

void Core::complete(const ReturnAddress& to, std::string_view answer, bool any) {
  Slot* const slot = slot_of(to.connection);
  if (slot == nullptr) {
    return;  // the client left; its command has run all the same
  }
  slot->connection->complete(to.ticket, answer, any);
  mark_dirty(to.connection);
}

// The owner cannot say what became of the request, and nor can we.
void Core::lose(const ReturnAddress& to) {
  if (Slot* const slot = slot_of(to.connection); slot != nullptr) {
    slot->connection->abort();
    mark_dirty(to.connection);
  }
}

void Core::begin_gather(const ReturnAddress& from, const std::shared_ptr<const OwnedCall>& call,
                        const std::shared_ptr<save::SaveJob>& job) {
  const std::uint64_t number = next_gather_++;
  gathers_.emplace(number, Gather{.from = from,
                                  .call = call,
                                  .missing = context_.cores,
                                  .begin_ns = shared_.clock.now_ns(),
                                  .part = {},
                                  .job = job});
  for (std::uint32_t core = 0; core < context_.cores; ++core) {
    PartRequest request{.call = call, .gather = number, .job = job};
    if (core == index_) {
      take_part_job({.asker = index_, .request = std::move(request)});
    } else {
      calls_to(core).add_part_request(std::move(request));
    }
  }
}

void Core::take_part_job(PartJob job) {
  if (!job.request.call->call.command->settles) {
    run_part_job(job);
  } else if (settling_.empty()) {
    store_.settle(context_.now_ms);
    settling_.push_back(std::move(job));
  } else {
    settling_later_.push_back(std::move(job));
  }
}

// Runs those whose moment has come: everything that had expired when they were asked is removed.
void Core::run_part_jobs() {
  if (settling_.empty() || !store_.settled()) {
    return;
  }
  for (const PartJob& job : std::exchange(settling_, {})) {
    run_part_job(job);
  }
  if (!settling_later_.empty()) {
    settling_.swap(settling_later_);
    store_.settle(context_.now_ms);
  }
}

void Core::run_part_job(const PartJob& job) {
  if (job.request.job != nullptr) {
    saver_.begin_part(job.request.job, [this, job](const save::Outcome& outcome) {
      send_part(job, part_of(outcome));
    });
    return;
  }
  commands::Part part;
  const commands::Call& call = job.request.call->call;
  // Where what it changes cannot be kept, which the core that was asked may not have known.
  const bool lost = call.command->writes && engine_->storage() >= store::Storage::kFull;
  if (!lost) commands::execute_part(context_, call, part);
  send_part(job, part, lost);
}

void Core::send_part(const PartJob& job, const commands::Part& part, bool lost) {
  PartAnswer answer{.gather = job.request.gather, .part = part, .lost = lost};
  if (job.asker == index_) {
    add_part(answer);
  } else {
    answers_to(job.asker).add_part_answer(std::move(answer));
  }
}

void Core::add_part(const PartAnswer& answer) {
  const auto found = gathers_.find(answer.gather);
  if (found == gathers_.end()) {
    return;  // another part of it was lost
  }
  Gather& gather = found->second;
  gather.part.add(answer.part);
  if (answer.lost && gather.job == nullptr) {
    lose(gather.from);
    gathers_.erase(found);
    return;
  }
  if (answer.lost) {
    note_lost_part(*gather.job, gather.part);  // the others go on, and are waited for
  }
  if (--gather.missing != 0) {
    return;
  }
  const Gather whole = std::move(gather);
  published_.tally.of(*whole.call->call.command)
      .durations.add(shared_.clock.now_ns() - whole.begin_ns);
  gathers_.erase(found);
  if (whole.job != nullptr) {
    conclude_saving(whole);
  } else if (whole.call->call.command->writes && engine_->storage() == store::Storage::kFailed) {
    lose(whole.from);  // what its own core did may have been dropped meanwhile
  } else {
    answer_gathered(whole.from, whole.call->call, whole.part);
  }
}

void Core::answer_gathered(const ReturnAddress& from, const commands::Call& call,
                           const commands::Part& all) {
  remote_answer_.clear();
  commands::finish(context_, call, all, remote_answer_);
  complete(from, remote_answer_.view(), true);
}

}  // namespace seshdb::server
