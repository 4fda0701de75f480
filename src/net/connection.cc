// Bytes in, answers out, and the end. What an HTTP request is and how it is answered:
// http_responder.h.
#include "net/connection.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "base/logging.h"
#include "base/utf8.h"

namespace seshdb::net {

// What the frame codec calls back.
struct FrameHandler {
  Connection& connection;

  Continue on_message(std::string_view payload, bool is_text, bool in_place) {
    if (is_text) {
      connection.handler_.on_request(connection, payload);
      if (!in_place) {
        connection.handler_.run_requests(connection);
      }
    } else {
      connection.handler_.on_no_text(connection, RequestHandler::NoText::kBinaryMessage);
    }
    return connection.held_back() ? Continue::kStop : Continue::kGoOn;
  }
  void on_ping(std::string_view payload) { connection.append_control(Opcode::kPong, payload); }
  void on_pong() {}
  void on_close(std::uint16_t code, std::string_view /*reason*/) {
    connection.close_after_answers(true, code);
  }
};

Connection::Connection(Id id, std::unique_ptr<Transport> transport,
                       const ConnectionSettings& settings, RequestHandler& handler,
                       BufferPools& pools, std::uint64_t now_ms)
    : id_(id),
      channel_(std::move(transport)),
      settings_(settings),
      handler_(handler),
      life_ms_(now_ms),
      out_(pools.sending),
      waiting_(pools.answers) {
  if (!channel_.is_secure()) begin_http(now_ms);
}

Connection::~Connection() = default;

void Connection::begin_http(std::uint64_t now_ms) {
  phase_ = Phase::kHttp;
  http_ = std::make_unique<HttpResponder>(
      settings_.clock, settings_.origins,
      [this](const HttpRequest& request, HttpAction action) {
        return handler_.admit(*this, request, action);
      },
      settings_.message_bytes_max, out_, now_ms);
}

void Connection::handshake(std::uint64_t now_ms) {
  SESHDB_CHECK(in_handshake());
  const Transport::Io io = channel_.handshake();
  is_in_line_ = false;
  if (io.state == Transport::State::kDone) {
    life_ms_ = now_ms;
    begin_http(now_ms);
  }
  over_ = over_ || io.state == Transport::State::kEnded || io.state == Transport::State::kFailed;
}

bool Connection::wants_flush() const {
  const bool blocked = channel_.is_blocked();
  const bool send = !blocked && (gates_.empty() ? !out_.empty() : gates_.free_bytes() != 0);
  const bool handle = (kept_ready_ && !held_back()) || (channel_.has_buffered() && may_read());
  const bool end = closing_ && waiting_.empty() && phase_ != Phase::kDraining && !blocked;
  return !over_ && (send || handle || end);
}

bool Connection::may_wait() const {
  return phase_ == Phase::kWebSocket && !waiting_.empty() && out_.size() <= limits::kReadBytes &&
         !kept_ready_ && !channel_.has_buffered() && !over_ && !full_ && !channel_.is_blocked() &&
         !closing_ && !stopping_;
}

std::size_t Connection::receive(char* to, std::size_t bytes, std::uint64_t now_ms) {
  const Transport::Io io = channel_.read(to, bytes);
  if (io.bytes != 0) {
    life_ms_ = now_ms;
    pinged_ = false;
  } else if (io.state == Transport::State::kEnded) {
    end_of_input_ = true;
    over_ = over_ || phase_ == Phase::kDraining;
    close_after_answers(false, 0);
  }
  over_ = over_ || io.state == Transport::State::kFailed;
  return io.bytes;
}

void Connection::read(char* scratch, std::size_t bytes, std::uint64_t now_ms) {
  channel_.on_readable();
  if (!may_read()) {
    return;
  }
  if (kept_.empty()) {
    const std::size_t got = receive(scratch, bytes, now_ms);
    if (phase_ == Phase::kHttp && got != 0) http_->note_bytes(now_ms);
    const std::size_t handled = handle(scratch, got);
    if (handled < got) {
      kept_.append({scratch + handled, got - handled});
    }
    return;
  }
  read_behind_kept(bytes, now_ms);
}

void Connection::read_behind_kept(std::size_t bytes, std::uint64_t now_ms) {
  const bool begins = kept_.empty();
  const std::size_t got = receive(kept_.reserve(bytes), bytes, now_ms);
  if (phase_ == Phase::kHttp && begins && got != 0) http_->note_bytes(now_ms);
  kept_.commit(got);
  handle_kept();
}

void Connection::handle_kept() {
  kept_.consume(handle(kept_.data(), kept_.size()));
  if (kept_.empty()) {
    kept_.release();
  }
}

std::size_t Connection::handle(char* data, std::size_t bytes) {
  std::size_t done = 0;
  bool needs_more = false;
  while (!needs_more && done < bytes && !over_ && !held_back()) {
    if (phase_ == Phase::kHttp) {
      done += handle_http({data + done, bytes - done}, needs_more);
    } else if (phase_ == Phase::kWebSocket) {
      done += handle_websocket(data + done, bytes - done);
    } else {
      done = bytes;
    }
  }
  if (closing_ || phase_ == Phase::kDraining) {
    done = bytes;  // what follows a goodbye is nobody's request
  }
  kept_ready_ = !needs_more && done < bytes;
  return done;
}

std::size_t Connection::handle_http(std::string_view data, bool& needs_more) {
  const HttpResponder::Step step = http_->consume(data, life_ms_);
  needs_more = step.needs_more;
  switch (step.event) {
    case HttpResponder::Event::kNone:
      on_http_answer();
      break;
    case HttpResponder::Event::kCommand:
      run_http_command();
      http_->next(life_ms_);
      break;
    case HttpResponder::Event::kMetrics:
      answer_http_metrics();
      http_->next(life_ms_);
      break;
    case HttpResponder::Event::kTls:
      logging::debug("TLS on a port without it", {{"connection", id_}});
      close_after_answers(false, 0);
      break;
    case HttpResponder::Event::kUpgraded:
      phase_ = Phase::kWebSocket;
      phase_ms_ = life_ms_;
      http_.reset();
      websocket_ = std::make_unique<WebSocketReader>(message_bytes_max());
      break;
  }
  return step.consumed;
}

void Connection::run_http_command() {
  if (is_utf8(http_->command())) {
    handler_.on_request(*this, http_->command());
    handler_.run_requests(*this);
  } else {
    handler_.on_no_text(*this, RequestHandler::NoText::kNotUtf8);
  }
  held_ = held_ || !waiting_.empty();  // one request at a time
}

void Connection::answer_http_metrics() {
  Buffer metrics;
  handler_.write_metrics(metrics);
  http_->answer_metrics(metrics.view());
  on_http_answer();
}

void Connection::on_http_answer() {
  if (http_->closes()) close_after_answers(false, 0);
  measure();
}

std::size_t Connection::handle_websocket(char* data, std::size_t bytes) {
  FrameHandler frames{*this};
  const WebSocketReader::Result result = websocket_->consume(data, bytes, frames);
  handler_.run_requests(*this);
  if (result.fault != CloseCode::kNone) {
    close_after_answers(true, static_cast<std::uint16_t>(result.fault));
  }
  return result.consumed;
}

void Connection::append_control(Opcode opcode, std::string_view payload) {
  SESHDB_CHECK(!answering_);
  append_frame(opcode, payload, out_.begin());
  measure();
}

void Connection::measure() {
  const std::size_t unsent = unsent_bytes();
  if (unsent > settings_.unsent_bytes_max) {
    full_ = true;
  } else if (unsent <= settings_.unsent_bytes_max / 4) {
    full_ = false;
  }
}

bool Connection::push(std::string_view text) {
  SESHDB_CHECK(!answering_);
  const bool may = phase_ == Phase::kWebSocket && !closing_ && !over_ &&
                   unsent_bytes() + text.size() <= settings_.push_bytes_max;
  if (may) {
    append_frame(Opcode::kText, text, out_.begin());
    measure();
  }
  return may;
}

Buffer& Connection::begin_answer() {
  answering_ = true;
  if (!waiting_.empty()) {
    return waiting_.begin_last();
  }
  if (phase_ == Phase::kHttp) {
    return http_->begin_answer();
  }
  frame_.begin(out_.begin());
  return out_.last();
}

void Connection::end_answer(Answered answered) {
  answering_ = false;
  if (!waiting_.empty()) {
    waiting_.end_last(answered);
  } else if (phase_ == Phase::kHttp) {
    http_->end_answer(answered);
    on_http_answer();
  } else if (answered != Answered::kNothing) {
    frame_.end(out_.last());
    if (answered == Answered::kTurnedAway) refuse_more();
  } else {
    frame_.cancel(out_.last());
  }
  measure();
}

void Connection::complete(Place place, std::string_view answer, Answered answered) {
  if (waiting_.complete_first(place, answer.size())) {
    give_answer(answer, answered);
  } else {
    waiting_.complete(place, answer, answered);
  }
  while (const AnswerQueue::Answer* const ready = waiting_.ready()) {
    give_answer(ready->text.view(), ready->answered);
    waiting_.pop();
  }
  held_ = held_ && !waiting_.empty();
  measure();
}

void Connection::give_answer(std::string_view answer, Answered answered) {
  if (phase_ == Phase::kHttp) {
    http_->answer_command(answer, answered);
    on_http_answer();
  } else if (answered != Answered::kNothing) {
    append_frame(Opcode::kText, answer, out_.begin());
    if (answered == Answered::kTurnedAway) refuse_more();
  }
}

void Connection::flush(std::uint64_t now_ms) {
  // What is appended on the way, by requests that were kept, is for the next flush.
  if (closing_ && waiting_.empty() && !over_ && std::exchange(say_goodbye_, false)) {
    append_close_frame(close_code_, out_.begin());
  }
  if (gates_.empty()) gates_.free_all(out_.size());
  flush_opened(now_ms);
}

void Connection::flush_opened(std::uint64_t now_ms) {
  if (over_) {
    return;
  }
  over_ = !channel_.send(out_, gates_);
  measure();
  const bool is_done = closing_ && !say_goodbye_ && waiting_.empty() && out_.empty();
  if (is_done && !over_ && phase_ != Phase::kDraining) begin_draining(now_ms);
  if (kept_ready_ && !held_back() && !over_) {
    handle_kept();
  } else if (channel_.has_buffered() && may_read()) {
    read_behind_kept(limits::kReadBytes, now_ms);
  }
  go_on_stopping(now_ms);
}

// The client may still be sending: closing now could reset it. A client that has ended its own
// direction of a TLS connection may still wait for the end of the other one.
void Connection::begin_draining(std::uint64_t now_ms) {
  const bool ends = !end_of_input_ || channel_.is_secure();
  const Transport::State ended = ends ? channel_.end_output() : Transport::State::kDone;
  if (channel_.is_blocked()) return;
  phase_ = Phase::kDraining;
  phase_ms_ = now_ms;
  over_ = end_of_input_ || ended == Transport::State::kFailed;
}

void Connection::close_after_answers(bool say_goodbye, std::uint16_t code) {
  if (closing_) {
    return;
  }
  logging::debug("closing a connection", {{"connection", id_}, {"code", std::uint32_t{code}}});
  closing_ = true;
  kept_ready_ = false;
  say_goodbye_ = say_goodbye && phase_ == Phase::kWebSocket;
  close_code_ = code;
}

void Connection::stop(std::uint64_t now_ms) {
  stopping_ = true;
  over_ = over_ || in_handshake();  // it has asked for nothing
  if (over_) return;
  if (http_ != nullptr) http_->stop();
  stop_bytes_ = channel_.transport().readable_bytes();
  go_on_stopping(now_ms);
}

// Takes in what had arrived when the stop began, and only then says goodbye.
void Connection::go_on_stopping(std::uint64_t now_ms) {
  while (stopping_ && !closing_ && !over_ && !held_back() && !kept_ready_) {
    const std::size_t most = std::min(stop_bytes_, limits::kReadBytes);
    const std::size_t got = most == 0 ? 0 : receive(kept_.reserve(most), most, now_ms);
    if (got == 0) {
      close_after_answers(true, static_cast<std::uint16_t>(CloseCode::kGoingAway));
      return;
    }
    stop_bytes_ -= got;
    kept_.commit(got);
    handle_kept();
  }
}

void Connection::tick(std::uint64_t now_ms) {
  const std::uint64_t idle_ms = now_ms - life_ms_;
  if (phase_ == Phase::kDraining) {
    over_ = over_ || now_ms - phase_ms_ >= limits::kLingerMs;
    return;
  }
  if (!waiting_.empty() || is_in_line_) {
    return;  // it waits for us
  }
  if (in_handshake()) {
    over_ = over_ || idle_ms >= std::min(settings_.handshake_ms, settings_.idle_close_ms);
    if (over_) logging::debug("a TLS handshake took too long", {{"connection", id_}});
    return;
  }
  if (idle_ms >= settings_.idle_close_ms) {
    if (channel_.is_blocked() || closing_) {
      over_ = true;
    } else {
      close_after_answers(true, static_cast<std::uint16_t>(CloseCode::kGoingAway));
    }
    return;
  }
  if (phase_ == Phase::kHttp) {
    const bool in_request = http_->is_in_request() || !kept_.empty();
    const bool waits_for_client = in_request && !channel_.is_blocked() && !held_back();
    if (waits_for_client && now_ms - http_->begun_ms() >= settings_.handshake_ms) {
      http_->refuse(408);
      on_http_answer();
    }
  } else if (access_.role == auth::Role::kNone && now_ms - phase_ms_ >= settings_.handshake_ms) {
    refuse_more();
  } else if (idle_ms >= settings_.idle_ping_ms && !pinged_ && !channel_.is_blocked() && !closing_) {
    pinged_ = true;
    append_control(Opcode::kPing, {});
  }
}

}  // namespace seshdb::net
