// Parcels: filling, holding back and sending them.
#include "core/exchange.h"

#include <algorithm>
#include <utility>

namespace seshdb::core {

using engine::Outcome;

namespace {
constexpr std::size_t kSpentMost = 16;
constexpr std::size_t kAnswerBytesOfParcel = std::size_t{64} << 10;
}  // namespace

Parcel& Exchange::calls_to(std::uint32_t core) {
  std::unique_ptr<Parcel>& calls = outgoing_[core].calls;
  if (calls == nullptr) calls = empty_parcel();
  return *calls;
}

// Many large answers are spread over several parcels, as a parcel that grows is copied.
Parcel& Exchange::answers_to(std::uint32_t core) {
  auto& answers = outgoing_[core].answers;
  if (answers.empty() || answers.back()->bytes() >= kAnswerBytesOfParcel) {
    answers.push_back(empty_parcel());
  }
  return *answers.back();
}

std::unique_ptr<Parcel> Exchange::empty_parcel() {
  if (spent_.empty()) return std::make_unique<Parcel>();
  std::unique_ptr<Parcel> parcel = std::move(spent_.back());
  spent_.pop_back();
  return parcel;
}

void Exchange::keep(std::unique_ptr<Parcel> parcel) {
  if (parcel->reuse() && spent_.size() < kSpentMost) spent_.push_back(std::move(parcel));
}

// A parcel for a full ring waits for the next turn, which may add calls to it.
void Exchange::send_calls() {
  for (std::uint32_t core = 0; core < outgoing_.size(); ++core) {
    std::unique_ptr<Parcel>& calls = outgoing_[core].calls;
    if (calls != nullptr && mailboxes_[core]->push(core_, calls)) mailboxes_[core]->ring();
  }
}

void Exchange::leave(const engine::Committed& turn) {
  for (Outgoing& to : outgoing_) {
    for (std::unique_ptr<Parcel>& parcel : to.answers) {
      if (turn.outcome == Outcome::kPending) {
        to.gated.push_back({turn.ticket, std::move(parcel)});
        continue;
      }
      if (turn.outcome != Outcome::kKept) parcel->lose_answers();
      to.ready.push_back(std::move(parcel));
    }
    to.answers.clear();
  }
}

void Exchange::settle(engine::Ticket ticket, Outcome outcome) {
  for (Outgoing& to : outgoing_) {
    const auto rest =
        std::stable_partition(to.gated.begin(), to.gated.end(),
                              [ticket](const Gated& gated) { return gated.ticket == ticket; });
    for (auto settled = to.gated.begin(); settled != rest; ++settled) {
      if (outcome != Outcome::kKept) settled->parcel->lose_answers();
      to.ready.push_back(std::move(settled->parcel));
    }
    to.gated.erase(to.gated.begin(), rest);
  }
}

void Exchange::send_answers() {
  for (std::uint32_t core = 0; core < outgoing_.size(); ++core) {
    auto& ready = outgoing_[core].ready;
    bool any = false;
    while (!ready.empty() && mailboxes_[core]->push(core_, ready.front())) {
      ready.pop_front();
      any = true;
    }
    if (any) mailboxes_[core]->ring();
  }
}

bool Exchange::has_unsent() const {
  return std::any_of(outgoing_.begin(), outgoing_.end(),
                     [](const Outgoing& to) { return to.calls != nullptr || !to.ready.empty(); });
}

}  // namespace seshdb::core
