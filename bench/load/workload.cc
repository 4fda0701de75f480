// A session is ended only while no other request for it is under way, and no request uses it after
// that. So the generator itself never causes the answer "no such session".
#include "load/workload.h"

#include <utility>

namespace seshdb::bench {

namespace {

// At least half of the sessions are free (options_together.cc), so this many draws find one.
constexpr int kDrawsMax = 64;

constexpr bool asks_the_slot(Step step) { return step <= Step::kAppend || step == Step::kEmptyLog; }

}  // namespace

Workload::Workload(const Options& options, Sessions& sessions, Requests& requests)
    : options_(options),
      sessions_(sessions),
      requests_(requests),
      distribution_(options, options.work_sessions()),
      random_(options.seed) {
  if (sessions_.some_end()) return;
  for (Ask& ask : ahead_) ask = draw().value();
}

std::optional<Job::Request> Workload::next(std::uint64_t due_ns) {
  Ask ask;
  if (!follow_ups_.empty()) [[unlikely]] {
    ask = follow_ups_.front();
    follow_ups_.pop_front();
  } else if (const std::optional<Ask> drawn = next_ask()) {
    ask = *drawn;
  } else {
    return std::nullopt;
  }
  if (sessions_.some_end() && asks_the_slot(ask.step)) sessions_.sent(ask.slot);
  return Job::Request{requests_.text(ask, random_),
                      {.due_ns = due_ns,
                       .slot = ask.slot,
                       .key = ask.key,
                       .step = static_cast<std::uint8_t>(ask.step)}};
}

std::optional<Ask> Workload::next_ask() {
  std::optional<Ask> ask;
  if (sessions_.some_end()) {
    ask = draw();
    if (!ask) return std::nullopt;
    if (ask->step == Step::kEnd) sessions_.close(ask->slot);
  } else {
    Ask& place = ahead_[turn_++ % ahead_.size()];
    ask = std::exchange(place, draw().value());
    if (place.slot != kNoSlot) sessions_.prefetch(place.slot);
  }
  if (ask->slot != kNoSlot) ask->token = sessions_.token(ask->slot);
  if (ask->step == Step::kAppend && sessions_.fills_log(ask->slot)) {
    follow_ups_.push_back({.step = Step::kEmptyLog, .slot = ask->slot, .token = ask->token});
  }
  return ask;
}

std::optional<Ask> Workload::draw() {
  const Work work = options_.mix.draw(random_);
  const std::optional<std::uint32_t> slot = draw_slot(work);
  if (!slot) return std::nullopt;
  Ask ask{.step = static_cast<Step>(work), .slot = *slot};
  if (options_.keys_per_session > 1 && work <= Work::kFind) {
    ask.key = static_cast<std::uint16_t>(random_.below(options_.keys_per_session));
  }
  return ask;
}

// The sessions that are replaced are drawn uniformly, whatever the distribution of requests is.
std::optional<std::uint32_t> Workload::draw_slot(Work work) {
  if (work == Work::kExpiring) return kNoSlot;
  if (work == Work::kNew) return random_.below(options_.work_sessions());
  if (!sessions_.some_end()) return distribution_.draw(random_);
  for (int i = 0; i < kDrawsMax; ++i) {
    if (work == Work::kEnd) {
      const std::uint32_t slot = random_.below(options_.work_sessions());
      if (sessions_.quiet(slot)) return slot;
    } else {
      const std::uint32_t slot = distribution_.draw(random_);
      if (sessions_.open(slot)) return slot;
    }
  }
  return std::nullopt;
}

bool Workload::answered(const Tag& tag, std::string_view answer) {
  const auto step = static_cast<Step>(tag.step);
  const bool success = requests_.succeeded(step, answer);
  if (sessions_.some_end() && asks_the_slot(step)) sessions_.answered(tag.slot);
  if (step > Step::kAppend) follow_up(tag, answer, success);
  return success;
}

void Workload::follow_up(const Tag& tag, std::string_view answer, bool success) {
  switch (static_cast<Step>(tag.step)) {
    case Step::kEnd:
      follow_ups_.push_back({.step = Step::kNewAgain, .slot = tag.slot});
      return;
    case Step::kNew:
    case Step::kNewAgain:
    case Step::kExpiring:
      if (success) go_on_with(tag.slot, token_in(answer).value(), 0);
      return;
    case Step::kDocument:
      if (const auto token = token_in(answer)) go_on_with(tag.slot, *token, tag.key + 1U);
      return;
    default:
      return;
  }
}

// After one document of a new session: stores the next one, or the session is ready.
void Workload::go_on_with(std::uint32_t slot, Token token, std::uint32_t documents) {
  if (!options_.empty_sessions && documents < options_.keys_per_session) {
    follow_ups_.push_back({.step = Step::kDocument,
                           .key = static_cast<std::uint16_t>(documents),
                           .slot = slot,
                           .token = token});
  } else if (slot != kNoSlot) {
    sessions_.adopt(slot, token);
  }
}

}  // namespace seshdb::bench
