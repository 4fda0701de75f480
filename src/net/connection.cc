// The connection's two ways, in and out, and its end. What is HTTP's alone: connection_http.cc.
#include "net/connection.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/limits.h"
#include "base/log.h"

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

Connection::Connection(Id id, Descriptor socket, const ConnectionSettings& settings,
                       RequestHandler& handler, BufferPools& pools, std::uint64_t now_ms)
    : id_(id),
      socket_(std::move(socket)),
      settings_(settings),
      handler_(handler),
      pools_(pools),
      life_ms_(now_ms),
      phase_ms_(now_ms),
      http_(std::make_unique<HttpReader>(limits::kHttpHeaderBytesMax, settings.message_bytes_max)),
      out_(pools.sending),
      waiting_(pools.answers) {}

Connection::~Connection() = default;

bool Connection::held_back() const {
  return held_ || full_ || closing_ || waiting_.full(settings_.unsent_bytes_max, out_.size());
}

bool Connection::wants_read() const {
  return !over_ && !end_of_input_ && (phase_ == Phase::kDraining || (!held_back() && !stopping_));
}

bool Connection::wants_flush() const {
  const bool send = !out_.empty() && !blocked_;
  const bool handle = kept_ready_ && !held_back();
  const bool end = closing_ && waiting_.empty() && phase_ != Phase::kDraining && !blocked_;
  return !over_ && (send || handle || end);
}

bool Connection::may_wait() const {
  return phase_ == Phase::kWebSocket && !waiting_.empty() && out_.size() <= limits::kReadBytes &&
         !kept_ready_ && !over_ && !full_ && !blocked_ && !closing_ && !stopping_;
}

std::size_t Connection::receive(char* to, std::size_t bytes, std::uint64_t now_ms) {
  const ssize_t got = recv(socket_.fd(), to, bytes, 0);
  if (got > 0) {
    life_ms_ = now_ms;
    pinged_ = false;
    return static_cast<std::size_t>(got);
  }
  if (got == 0) {
    end_of_input_ = true;
    over_ = over_ || phase_ == Phase::kDraining;
    close_after_answers(false, 0);
  } else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
    over_ = true;
  }
  return 0;
}

void Connection::read(char* scratch, std::size_t bytes, std::uint64_t now_ms) {
  if (!wants_read()) {
    return;
  }
  if (kept_.empty()) {
    const std::size_t got = receive(scratch, bytes, now_ms);
    if (phase_ == Phase::kHttp && got != 0 && served_ && http_->idle()) {
      phase_ms_ = now_ms;
    }
    const std::size_t handled = handle(scratch, got);
    if (handled < got) {
      kept_.append({scratch + handled, got - handled});
    }
    return;
  }
  const std::size_t got = receive(kept_.reserve(bytes), bytes, now_ms);
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
  bool more = true;
  while (more && done < bytes && !over_ && !held_back()) {
    if (phase_ == Phase::kHttp) {
      done += handle_http({data + done, bytes - done}, more);
    } else if (phase_ == Phase::kWebSocket) {
      done += handle_websocket(data + done, bytes - done);
    } else {
      done = bytes;
    }
  }
  if (closing_ || phase_ == Phase::kDraining) {
    done = bytes;  // what follows a goodbye is nobody's request
  }
  kept_ready_ = more && done < bytes;
  return done;
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
  append_frame(opcode, payload, out_.begin());
  measure();
}

void Connection::measure() {
  const std::size_t unsent = out_.size() + waiting_.bytes();
  if (unsent > settings_.unsent_bytes_max) {
    full_ = true;
  } else if (unsent <= settings_.unsent_bytes_max / 4) {
    full_ = false;
  }
}

Buffer& Connection::begin_answer() {
  if (!waiting_.empty()) {
    return waiting_.begin_last();
  }
  if (phase_ == Phase::kHttp) {
    return body_;
  }
  frame_.begin(out_.begin());
  return out_.last();
}

void Connection::end_answer(bool any) {
  if (!waiting_.empty()) {
    waiting_.end_last(any);
  } else if (phase_ == Phase::kHttp) {
    answer_command(body_.view(), any);
    body_.clear();
  } else if (any) {
    frame_.end(out_.last());
  } else {
    frame_.cancel(out_.last());
  }
  measure();
}

Connection::Ticket Connection::defer(std::size_t request_bytes) {
  const Ticket ticket = waiting_.defer(request_bytes);
  measure();
  return ticket;
}

void Connection::complete(Ticket ticket, std::string_view answer, bool any) {
  if (waiting_.complete_first(ticket, answer.size())) {
    give_answer(answer, any);
  } else {
    waiting_.complete(ticket, answer, any);
  }
  while (const AnswerQueue::Answer* const ready = waiting_.ready()) {
    give_answer(ready->text.view(), ready->any);
    waiting_.pop();
  }
  held_ = held_ && !waiting_.empty();
  measure();
}

void Connection::give_answer(std::string_view answer, bool any) {
  if (phase_ == Phase::kHttp) {
    answer_command(answer, any);
  } else if (any) {
    append_frame(Opcode::kText, answer, out_.begin());
  }
}

void Connection::send_out(std::size_t most) {
  while (most != 0 && !out_.empty()) {
    const std::string_view front = out_.front();
    const std::size_t size = std::min(most, front.size());
    const ssize_t sent = send(socket_.fd(), front.data(), size, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      blocked_ = errno == EAGAIN || errno == EWOULDBLOCK;
      over_ = over_ || !blocked_;
      return;
    }
    const auto bytes = static_cast<std::size_t>(sent);
    blocked_ = bytes < size;
    out_.consume(bytes);
    most -= bytes;
    sealed_ -= std::min(sealed_, bytes);
    released_ -= std::min(released_, bytes);
    if (blocked_) return;
  }
  blocked_ = false;
  out_.give_back();
}

void Connection::flush_some(std::uint64_t now_ms, std::size_t most) {
  if (over_) {
    return;
  }
  if (closing_ && waiting_.empty() && std::exchange(say_goodbye_, false)) {
    append_close_frame(close_code_, out_.begin());
  }
  send_out(most);
  measure();
  if (closing_ && waiting_.empty() && out_.empty() && !over_ && phase_ != Phase::kDraining) {
    phase_ = Phase::kDraining;  // the client may still be sending: closing now could reset it
    phase_ms_ = now_ms;
    over_ = end_of_input_ || ::shutdown(socket_.fd(), SHUT_WR) != 0;
  }
  if (kept_ready_ && !held_back() && !over_) {
    handle_kept();
  }
  go_on_stopping(now_ms);
}

void Connection::close_after_answers(bool say_goodbye, std::uint16_t code) {
  if (closing_) {
    return;
  }
  log::debug("closing a connection", {{"connection", id_}, {"code", std::uint32_t{code}}});
  closing_ = true;
  kept_ready_ = false;
  say_goodbye_ = say_goodbye && phase_ == Phase::kWebSocket;
  close_code_ = code;
}

void Connection::stop(std::uint64_t now_ms) {
  stopping_ = true;
  int bytes = 0;
  stop_bytes_ = ioctl(socket_.fd(), FIONREAD, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
  go_on_stopping(now_ms);
}

// Takes in what the kernel held for us when the stop began, and only then says goodbye.
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
  if (!waiting_.empty()) {
    return;  // it waits for us
  }
  if (idle_ms >= settings_.idle_close_ms) {
    if (blocked_ || closing_) {
      over_ = true;
    } else {
      close_after_answers(true, static_cast<std::uint16_t>(CloseCode::kGoingAway));
    }
    return;
  }
  if (phase_ == Phase::kHttp) {
    const bool in_request = !served_ || !http_->idle() || !kept_.empty();
    const bool waits_for_client = in_request && !blocked_ && !held_back();
    if (waits_for_client && now_ms - phase_ms_ >= settings_.handshake_ms) {
      refuse_http(408);
    }
  } else if (idle_ms >= settings_.idle_ping_ms && !pinged_ && !blocked_ && !closing_) {
    pinged_ = true;
    append_control(Opcode::kPing, {});
  }
}

}  // namespace seshdb::net
