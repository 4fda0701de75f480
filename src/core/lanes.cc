// The states of a lane, one after the other.
#include "core/lanes.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/limits.h"

namespace seshdb::core {

using engine::Fetched;
using engine::Outcome;

void Lanes::add(std::uint32_t asker, const ReturnAddress& from, const commands::Call& call) {
  SESHDB_CHECK(call.token.lower != 0);
  const auto [at, is_new] = lanes_.try_emplace(call.token.lower);
  Lane& lane = at->second;
  lane.requests.push_back(
      {.asker = asker, .from = from, .call = std::make_unique<OwnedCall>(call), .answer = {}});
  if (is_new) fetch(call.token.lower, lane);
}

void Lanes::fetch(std::uint64_t token, Lane& lane) {
  lane.state = State::kFetching;
  const Fetched now = committer_.engine().fetch(token);
  if (now != Fetched::kPending) fetched(token, lane, now);
}

void Lanes::on_fetched(std::uint64_t token, Fetched now) {
  const auto found = lanes_.find(token);
  SESHDB_CHECK(found != lanes_.end() && found->second.state == State::kFetching);
  fetched(token, found->second, now);
}

void Lanes::fetched(std::uint64_t token, Lane& lane, Fetched now) {
  lane.state = State::kRunnable;
  lane.outcome = now == Fetched::kRefused ? Outcome::kRefused : Outcome::kPending;
  due_.push_back(token);
}

void Lanes::on_outcome(engine::Ticket ticket, Outcome outcome) {
  const auto found = committing_.find(ticket);
  if (found == committing_.end()) return;
  const std::uint64_t token = found->second;
  committing_.erase(found);
  Lane& lane = lanes_.at(token);
  SESHDB_CHECK(lane.state == State::kCommitting && lane.outcome == Outcome::kPending);
  lane.outcome = outcome;
  due_.push_back(token);
}

void Lanes::work() {
  for (const std::uint64_t token : std::exchange(due_, {})) {
    Lane& lane = lanes_.at(token);
    SESHDB_CHECK(lane.state != State::kFetching);
    if (lane.state == State::kRunnable && lane.outcome == Outcome::kPending) {
      run(token, lane);
    } else {
      conclude(token, lane);
    }
  }
}

void Lanes::run(std::uint64_t token, Lane& lane) {
  if (lane.conflicts == 0) lane.running = std::min(lane.requests.size(), limits::kTogetherMost);
  committer_.begin_session();
  for (std::size_t i = 0; i < lane.running; ++i) {
    Request& request = lane.requests[i];
    request.answer.clear();
    request.answered = executor_.execute(request.call->call, request.answer);
  }
  const engine::Committed committed = committer_.commit_session(token);
  lane.state = State::kCommitting;
  lane.outcome = committed.outcome;
  if (committed.outcome == Outcome::kPending) {
    SESHDB_CHECK(committing_.emplace(committed.ticket, token).second);
  } else {
    conclude(token, lane);
  }
}

void Lanes::conclude(std::uint64_t token, Lane& lane) {
  switch (lane.outcome) {
    case Outcome::kKept:
      end_first(token, lane, lane.running, [this](Request& request) {
        answers_.answer(request.asker, request.from, request.answer.view(), request.answered);
      });
      return;
    case Outcome::kLost:
      end_first(token, lane, lane.running,
                [this](Request& request) { answers_.lose(request.asker, request.from); });
      return;
    case Outcome::kConflict:
      if (++lane.conflicts <= limits::kConflictsMost) {
        fetch(token, lane);
        return;
      }
      end_first(token, lane, lane.running, [this](Request& request) { refuse(request); });
      return;
    case Outcome::kRefused: {
      // Of a failed fetch all requests are refused, of a failed commit those that ran.
      const bool ran = lane.state == State::kCommitting;
      end_first(token, lane, ran ? lane.running : lane.requests.size(),
                [this](Request& request) { refuse(request); });
      return;
    }
    case Outcome::kPending:
      SESHDB_CHECK(false);
  }
}

void Lanes::end_first(std::uint64_t token, Lane& lane, std::size_t count,
                      const std::function<void(Request&)>& answer) {
  for (std::size_t i = 0; i < count; ++i) {
    answer(lane.requests.front());
    lane.requests.pop_front();
  }
  lane.running = 0;
  lane.conflicts = 0;
  if (lane.requests.empty()) {
    lanes_.erase(token);
  } else {
    fetch(token, lane);
  }
}

void Lanes::refuse(Request& request) {
  request.answer.clear();
  executor_.refuse(request.call->call, Status::kUnavailable, "the session cannot be reached now",
                   request.answer);
  answers_.answer(request.asker, request.from, request.answer.view(), Answered::kText);
}

}  // namespace seshdb::core
