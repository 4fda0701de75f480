// From the text of a request to the place where it runs.
#include "core/requests.h"

#include <array>
#include <memory>
#include <span>
#include <utility>

namespace seshdb::core {

Requests::Requests(const Neighbours& neighbours, bool echo)
    : to_(neighbours),
      echo_(echo),
      window_(
          kWindow,
          Planned{protocol::EnvelopeReader(neighbours.executor.context().core.bounds.depth), {}}),
      lanes_(neighbours.executor, neighbours.committer, *this) {}

void Requests::on_request(net::Connection& connection, std::string_view text) {
  if (echo_) {
    connection.begin_answer().append(text);
    connection.end_answer(Answered::kText);
    return;
  }
  Planned& planned = window_[window_size_];
  refused_.clear();
  planned.plan = to_.executor.plan(planned.reader.read(text), asker_of(connection), refused_);
  if (planned.plan.kind == commands::Plan::Kind::kOwner) {
    if (planned.plan.owner == core().index) {
      core().store.prefetch(planned.plan.call.token.lower);
    }
    if (++window_size_ == kWindow) {
      run_requests(connection);
    }
    return;
  }
  run_requests(connection);
  if (planned.plan.kind == commands::Plan::Kind::kAnswered) {
    connection.begin_answer().append(refused_.view());
    connection.end_answer(planned.plan.answered);
  } else if (planned.plan.kind == commands::Plan::Kind::kConnection) {
    authenticate(connection, planned.plan.call);
  } else {
    run_everywhere(connection, planned.plan);
  }
}

commands::Asker Requests::asker_of(const net::Connection& connection) const {
  const auth::Access& access = connection.access();
  if (!access.may_guess()) return {.role = access.role};
  return {.role = access.role,
          .guesser = core().guesses->counts() ? access.client : 0,
          .is_blocked = to_.access.is_blocked(access)};
}

// Holds for the requests behind it, also of the same read.
void Requests::authenticate(net::Connection& connection, const commands::Call& call) {
  std::string scratch;
  const commands::Authentication made =
      to_.access.authenticate(connection, commands::key_of(call, scratch));
  Buffer& out = connection.begin_answer();
  connection.end_answer(to_.executor.finish_authentication(call, made, out));
}

void Requests::run_requests(net::Connection& connection) {
  const std::span<const Planned> window(window_.data(), std::exchange(window_size_, 0));
  if (window.size() > 1) {
    std::array<const commands::Call*, kWindow> own{};
    std::size_t count = 0;
    for (const Planned& planned : window) {
      if (planned.plan.owner == core().index) {
        own[count++] = &planned.plan.call;
      }
    }
    commands::prefetch_keys(core().store, {own.data(), count});
  }
  for (const Planned& planned : window) {
    run(connection, planned.plan);
  }
}

void Requests::run(net::Connection& connection, const commands::Plan& plan) {
  const commands::Call& call = plan.call;
  if (plan.owner != core().index) {
    to_.exchange.calls_to(plan.owner)
        .add_call({connection.id(), connection.defer(call.text.size())}, call);
  } else if (is_remote(call)) {
    lanes_.add(plan.owner, {connection.id(), connection.defer(call.text.size())}, call);
  } else {
    Buffer& out = connection.begin_answer();
    connection.end_answer(to_.executor.execute(call, out));
    to_.committer.commit_if_due();
  }
}

void Requests::run_everywhere(net::Connection& connection, const commands::Plan& plan) {
  const commands::Call& call = plan.call;
  const ReturnAddress from{connection.id(), connection.defer(call.text.size())};
  const bool saves = plan.kind == commands::Plan::Kind::kSaves;
  if (call.command->settles || saves) {
    connection.hold();  // its next requests run after this one
  }
  if (saves) {
    to_.saves.begin(from, call);
  } else {
    to_.gathers.begin(from, call);
  }
}

void Requests::on_no_text(net::Connection& connection, NoText why) {
  run_requests(connection);
  const bool is_binary = why == NoText::kBinaryMessage;
  Buffer& out = connection.begin_answer();
  connection.end_answer(to_.executor.refuse_text(
      asker_of(connection), is_binary ? Status::kPayLoadInvalid : Status::kJsonInvalid,
      is_binary ? "a request is a text message" : "the text is not UTF-8", out));
}

// As with a window of requests: prefetches what all calls touch before they run.
void Requests::prefetch(Parcel& parcel) {
  store::Store& store = core().store;
  parcel.for_each_call([&store](const commands::Call& call) { store.prefetch(call.token.lower); });
  std::array<const commands::Call*, kWindow> calls{};
  std::size_t count = 0;
  parcel.for_each_call([&](const commands::Call& call) {
    calls[count++] = &call;
    if (count == calls.size()) {
      commands::prefetch_keys(store, calls);
      count = 0;
    }
  });
  commands::prefetch_keys(store, {calls.data(), count});
}

void Requests::run_for(std::uint32_t asker, const ReturnAddress& from, const commands::Call& call) {
  if (is_remote(call)) {
    lanes_.add(asker, from, call);
    return;
  }
  answer_.clear();
  const Answered answered = to_.executor.execute(call, answer_);
  to_.committer.commit_if_due();
  to_.exchange.answers_to(asker).add_answer(from, answer_.view(), answered);
}

void Requests::answer(std::uint32_t asker, const ReturnAddress& to, std::string_view text,
                      Answered answered) {
  if (asker == core().index) {
    to_.outbox.complete(to, text, answered);
  } else {
    to_.exchange.answers_to(asker).add_answer(to, text, answered);
  }
}

void Requests::lose(std::uint32_t asker, const ReturnAddress& to) {
  if (asker == core().index) {
    to_.outbox.lose(to);
  } else {
    to_.exchange.answers_to(asker).add_lost(to);
  }
}

}  // namespace seshdb::core
