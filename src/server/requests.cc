// How a core runs the requests of its connections: those that one read brought are read first and
// run then, a window at a time, so that what they will touch comes into the caches while others are
// read.
#include <array>

#include "commands/prefetch.h"
#include "protocol/reply.h"
#include "server/core.h"

namespace seshdb::server {

void Core::on_request(net::Connection& connection, std::string_view text) {
  if (shared_.echo) {
    connection.begin_answer().append(text);
    connection.end_answer(true);
    return;
  }
  Pending& pending = window_[window_size_];
  refused_.clear();
  pending.plan = commands::plan(context_, pending.reader.read(text), refused_);
  if (pending.plan.kind == commands::Plan::Kind::kOwner) {
    if (pending.plan.owner == index_) {
      store_.prefetch(pending.plan.call.token);
    }
    if (++window_size_ == kWindow) {
      run_requests(connection);
    }
    return;
  }
  run_requests(connection);
  if (pending.plan.kind == commands::Plan::Kind::kAnswered) {
    connection.begin_answer().append(refused_.view());
    connection.end_answer(true);
    return;
  }
  const commands::Call& call = pending.plan.call;
  const ReturnAddress from{connection.id(), connection.defer(call.text.size())};
  const bool saves = call.command->saving != commands::Saving::kNone;
  if (call.command->settles || saves) {
    connection.hold();  // what it asks next comes after this
  }
  if (saves) {
    begin_saving(from, call);
  } else {
    begin_gather(from, std::make_shared<const OwnedCall>(call));
  }
}

void Core::run_requests(net::Connection& connection) {
  const std::span<const Pending> window(window_.data(), std::exchange(window_size_, 0));
  if (window.size() > 1) {
    std::array<const commands::Call*, kWindow> own{};
    std::size_t count = 0;
    for (const Pending& pending : window) {
      if (pending.plan.owner == index_) {
        own[count++] = &pending.plan.call;
      }
    }
    commands::prefetch_keys(store_, {own.data(), count});
  }
  for (const Pending& pending : window) {
    run_request(connection, pending.plan);
  }
}

void Core::run_request(net::Connection& connection, const commands::Plan& plan) {
  if (plan.owner == index_) {
    Buffer& out = connection.begin_answer();
    connection.end_answer(execute(plan.call, out));
  } else {
    calls_to(plan.owner)
        .add_call({connection.id(), connection.defer(plan.call.text.size())}, plan.call);
  }
}

bool Core::execute(const commands::Call& call, Buffer& out) {
  const bool any = commands::execute(context_, call, out);
  if (engine_->is_due()) {
    engine_->commit(context_.now_ms);
    look_at_storage();
  }
  return any;
}

void Core::on_no_text(net::Connection& connection, NoText why) {
  run_requests(connection);
  Buffer& out = connection.begin_answer();
  if (why == NoText::kBinaryMessage) {
    protocol::append_error(Status::kPayLoadInvalid, "a request is a text message", out);
    published_.tally.of_none().count(Status::kPayLoadInvalid);
  } else {
    protocol::append_error(Status::kJsonInvalid, "the text is not UTF-8", out);
    published_.tally.of_none().count(Status::kJsonInvalid);
  }
  connection.end_answer(true);
}

}  // namespace seshdb::server
