// Deadlines are shown in whole seconds, and clocks of processes drift apart a little.
#include "crash/journal.h"

#include <algorithm>
#include <chrono>

namespace seshdb::testing {

namespace {

constexpr std::int64_t kMsPerSecond = 1'000;
constexpr std::int64_t kAnswerMsMax = 20'000;  // longer than any client waits for an answer
constexpr std::int64_t kSlackMs = 1'000;

std::int64_t duration_ms(std::uint32_t seconds) { return std::int64_t{seconds} * kMsPerSecond; }

std::string difference_of_keys(const State& state, const Seen& seen) {
  for (const auto& [name, value] : state.keys) {
    const auto found = seen.keys.find(name);
    if (found == seen.keys.end()) return "the key " + name + " is missing";
    if (const std::string text = to_text(value); found->second != text) {
      return "the key " + name + " is " + found->second.substr(0, 200) + " and not " +
             text.substr(0, 200);
    }
  }
  if (seen.keys.size() != state.keys.size()) return "there are more keys";
  if (seen.keys.size() != seen.key_count) return "SH_INFO counts other keys than KV_KEYS";
  return "";
}

std::string difference_of_deadline(const State& state, const Seen& seen) {
  const std::int64_t least_ms = seen.deadline_s * kMsPerSecond;
  const std::int64_t duration = duration_ms(state.duration_s);
  std::int64_t earliest = state.deadline_least_ms - kSlackMs;
  std::int64_t latest = state.deadline_most_ms + kSlackMs;
  if (state.sliding) {
    earliest -= std::max(duration / 16, kMsPerSecond);
    latest = seen.answered_ms + duration + kSlackMs;
  }
  if (least_ms + kMsPerSecond <= earliest) {
    return "the deadline came nearer by " + std::to_string(earliest - least_ms) + " ms or more";
  }
  return least_ms <= latest
             ? ""
             : "the deadline went away by " + std::to_string(least_ms - latest) + " ms";
}

std::string difference_of_tags(const State& state, const Seen& seen, const std::string& own_tag) {
  std::set<std::string> tags = state.groups;
  if (!own_tag.empty()) tags.insert(own_tag);
  if (tags == seen.tags) return "";
  std::string all;
  for (const std::string& tag : seen.tags) all += (all.empty() ? "" : ", ") + tag;
  return "its tags are " + all;
}

std::string difference(const State& state, const Seen& seen, const std::string& own_tag) {
  if (state.live != seen.live) return state.live ? "it is gone" : "it is back";
  if (!state.live) return "";
  if (state.duration_s != seen.duration_s || state.delete_session != seen.delete_session ||
      state.sliding != seen.sliding) {
    return "the expiry settings are others";
  }
  if (state.duration_s != 0) {
    if (std::string wrong = difference_of_deadline(state, seen); !wrong.empty()) return wrong;
  }
  if (std::string wrong = difference_of_tags(state, seen, own_tag); !wrong.empty()) return wrong;
  return difference_of_keys(state, seen);
}

// The same of one that is made to expire.
std::string difference_of_brief(const State& state, const Seen& seen) {
  const bool over = seen.asked_ms > state.deadline_most_ms + kSlackMs;
  const bool before = seen.answered_ms < state.deadline_least_ms - kSlackMs;
  if (state.delete_session) {
    if (over && seen.live) return "it is there after its deadline";
    return before && !seen.live ? "it is gone before its deadline" : "";
  }
  if (!seen.live) return "it is gone, and only its keys were to go";
  if (over && !seen.keys.empty()) return "its keys are there after their deadline";
  return before ? difference_of_keys(state, seen) : "";
}

}  // namespace

void State::set_expiry(std::uint32_t seconds, bool deletes, bool slides, std::int64_t now_ms) {
  duration_s = seconds;
  delete_session = seconds == 0 || deletes;
  sliding = seconds != 0 && slides;
  restart_clock(now_ms);
}

void State::restart_clock(std::int64_t now_ms) {
  deadline_least_ms = now_ms + duration_ms(duration_s);
  deadline_most_ms = deadline_least_ms + kAnswerMsMax;
}

bool Session::may_be_live() const {
  return std::any_of(states_.begin(), states_.end(), [](const State& state) { return state.live; });
}

void Session::sent(const Effect& effect) {
  State next = states_.back();
  effect(next);
  states_.push_back(std::move(next));
}

void Session::done(std::int64_t now_ms) {
  states_.pop_front();
  State& state = states_.front();
  state.deadline_most_ms = std::min(state.deadline_most_ms, now_ms + duration_ms(state.duration_s));
}

void Session::ended(bool for_sure) {
  if (for_sure) states_.clear();
  states_.emplace_back();
}

std::string Session::see(const Seen& seen) {
  std::string wrong;
  for (State& state : states_) {
    const bool by_deadline = brief && state.live;
    std::string one = by_deadline ? difference_of_brief(state, seen) : difference(state, seen, tag);
    if (one.empty() && seen.live && seen.shared != shared()) one = "its being shared has changed";
    if (one.empty()) {
      State found = std::move(state);
      if (!brief && found.live && !found.sliding && found.duration_s != 0) {
        found.deadline_least_ms = seen.deadline_s * kMsPerSecond;
        found.deadline_most_ms = found.deadline_least_ms + kMsPerSecond;
      }
      if (!seen.live) found = State{};
      states_.clear();
      states_.push_back(std::move(found));
      return "";
    }
    wrong += (wrong.empty() ? "" : "; or ") + one;
  }
  return "session " + token + " " + name + ": " + wrong;
}

std::int64_t unix_now_ms() {
  using std::chrono::system_clock;
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             system_clock::now().time_since_epoch())
      .count();
}

}  // namespace seshdb::testing
