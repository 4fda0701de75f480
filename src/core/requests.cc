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
    connection.end_answer(true);
    return;
  }
  Planned& planned = window_[window_size_];
  refused_.clear();
  planned.plan = to_.executor.plan(planned.reader.read(text), refused_);
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
    connection.end_answer(true);
  } else {
    run_everywhere(connection, planned.plan);
  }
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
  Buffer& out = connection.begin_answer();
  if (why == NoText::kBinaryMessage) {
    to_.executor.refuse_text(Status::kPayLoadInvalid, "a request is a text message", out);
  } else {
    to_.executor.refuse_text(Status::kJsonInvalid, "the text is not UTF-8", out);
  }
  connection.end_answer(true);
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
  const bool any = to_.executor.execute(call, answer_);
  to_.committer.commit_if_due();
  to_.exchange.answers_to(asker).add_answer(from, answer_.view(), any);
}

void Requests::answer(std::uint32_t asker, const ReturnAddress& to, std::string_view text,
                      bool any) {
  if (asker == core().index) {
    to_.outbox.complete(to, text, any);
  } else {
    to_.exchange.answers_to(asker).add_answer(to, text, any);
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
