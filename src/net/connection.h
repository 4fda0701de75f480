// One client's connection: bytes in, requests out to its owner, answers back in the order of the
// requests, over a WebSocket or HTTP. Owns its transport; knows nothing of commands. One thread.
//
// Its life: the transport's handshake, if there is one; HTTP until an upgrade, WebSocket then;
// `draining` once its last bytes are on their way.
// It stops reading while its owner holds it back or while too much is unsent, and drops nothing.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "auth/access.h"
#include "base/answered.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/descriptor.h"
#include "base/limits.h"
#include "net/answer_queue.h"
#include "net/buffer_pool.h"
#include "net/channel.h"
#include "net/frame.h"
#include "net/gates.h"
#include "net/http_responder.h"
#include "net/origin.h"
#include "net/send_queue.h"
#include "net/transport.h"
#include "net/websocket.h"

namespace seshdb::net {

class Connection;

/// What a connection asks of its owner.
class RequestHandler {
 public:
  RequestHandler() = default;
  RequestHandler(const RequestHandler&) = delete;
  RequestHandler& operator=(const RequestHandler&) = delete;
  virtual ~RequestHandler() = default;
  /// Takes a request in: answers it, in turn, with begin_answer and end_answer, or defers, now or
  /// in run_requests. `text` is UTF-8, and holds until run_requests returns.
  virtual void on_request(Connection& connection, std::string_view text) = 0;
  /// Runs what was taken in of this connection and not run yet.
  virtual void run_requests(Connection& connection) = 0;
  /// A message came that can be no request; as for on_request, but answers at once.
  enum class NoText : std::uint8_t { kBinaryMessage, kNotUtf8 };
  virtual void on_no_text(Connection& connection, NoText why) = 0;
  /// Decides on an HTTP request by its head, and sets the connection's access().
  virtual Admission admit(Connection& connection, const HttpRequest& request,
                          HttpAction action) = 0;
  /// Writes the body of GET /metrics.
  virtual void write_metrics(Buffer& out) = 0;
};

/// What all connections of a core share.
struct ConnectionSettings {
  const Clock& clock;
  std::size_t message_bytes_max = limits::kMessageBytesDefault;
  std::size_t unsent_bytes_max = limits::kUnsentBytesDefault;
  std::size_t push_bytes_max = limits::kUnsentBytesDefault;  // see Connection::push
  std::uint64_t handshake_ms = limits::kHandshakeMsDefault;
  std::uint64_t idle_ping_ms = limits::kIdlePingMsDefault;
  std::uint64_t idle_close_ms = limits::kIdleCloseMsDefault;
  OriginPolicy origins{};
};

class Connection {
 public:
  using Id = std::uint64_t;
  using Place = AnswerQueue::Place;

  Connection(Id id, std::unique_ptr<Transport> transport, const ConnectionSettings& settings,
             RequestHandler& handler, BufferPools& pools, std::uint64_t now_ms);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] Id id() const { return id_; }
  [[nodiscard]] int fd() const { return channel_.transport().fd(); }
  [[nodiscard]] const Transport& transport() const { return channel_.transport(); }

  [[nodiscard]] bool is_websocket() const { return phase_ == Phase::kWebSocket; }
  /// What its client may do.
  [[nodiscard]] const auth::Access& access() const { return access_; }
  /// Gives it another access, which holds for the requests that are not handled yet.
  void set_access(const auth::Access& access) {
    access_ = access;
    if (websocket_ != nullptr) websocket_->set_message_bytes_max(message_bytes_max());
  }
  /// Handles no further request: once the answers so far are given, says goodbye with 1008
  /// (RFC 6455, 7.4.1) and ends.
  void refuse_more() {
    close_after_answers(true, static_cast<std::uint16_t>(CloseCode::kPolicyViolation));
  }

  /// The transport's handshake is not complete: `handshake` goes on with it, once the transport is
  /// ready. Nothing is read before.
  [[nodiscard]] bool in_handshake() const { return phase_ == Phase::kHandshake; }
  void handshake(std::uint64_t now_ms);
  /// The owner calls `handshake` later: until then the connection waits for nothing of the
  /// transport, and no time-out counts. REQUIRES: in_handshake().
  void await_turn() { is_in_line_ = true; }
  [[nodiscard]] bool awaits_turn() const { return is_in_line_; }

  /// Reads once and handles what came. `scratch`: `bytes` bytes that all connections may share.
  void read(char* scratch, std::size_t bytes, std::uint64_t now_ms);
  /// Lets everything leave that was answered so far and that no gate holds back, and sends what the
  /// transport takes. Then, where reading was held back and need not be, handles what is kept.
  void flush(std::uint64_t now_ms);
  /// What was answered so far waits for `open(ticket)`, and what is answered later leaves after it.
  /// False where nothing waits for this ticket. REQUIRES: it is not less than an earlier gate's.
  bool gate(std::uint64_t ticket) { return gates_.close(ticket, out_.size()); }
  /// Opens the gate of that ticket, if there is one. What stands before the first gate that is
  /// still closed may leave: flush_opened sends it.
  void open(std::uint64_t ticket) { gates_.open(ticket); }
  /// As flush, but answers that no gate holds back, and that no flush or gate has met yet, stay.
  void flush_opened(std::uint64_t now_ms);
  /// Sends a text that no request asked for, between two answers. False where it does not: too much
  /// is unsent, the connection is no WebSocket, or it is about to close. Gates hold it back like an
  /// answer. REQUIRES: no answer is being written.
  [[nodiscard]] bool push(std::string_view text);
  /// Bytes that wait to be sent, and of answers and requests that wait for others before them.
  [[nodiscard]] std::size_t unsent_bytes() const { return out_.size() + waiting_.bytes(); }
  /// Looks at the time-outs; due about once a second.
  void tick(std::uint64_t now_ms);
  /// Ends in good order: what has arrived is answered, then comes the goodbye (1001).
  void stop(std::uint64_t now_ms);
  /// The transport takes bytes again: the client has taken some.
  void unblock(std::uint64_t now_ms) {
    channel_.on_writable();
    life_ms_ = now_ms;
  }
  /// The transport reported an error or a reset.
  void abort() { over_ = true; }

  /// What to wait for.
  [[nodiscard]] bool wants_read() const { return channel_.wants_readable(may_read()) && !over_; }
  [[nodiscard]] bool wants_write() const { return channel_.wants_writable(may_read()) && !over_; }
  /// Nothing is lost by flushing a moment later: all there is to do is to send a few answers, and
  /// deferred ones are to follow.
  [[nodiscard]] bool may_wait() const;
  /// Deferred answers are to follow; others may wait behind them.
  [[nodiscard]] bool has_deferred() const { return !waiting_.empty(); }
  /// There is something to flush or to go on with.
  [[nodiscard]] bool wants_flush() const;
  /// Nothing is left to do: the owner removes it.
  [[nodiscard]] bool over() const { return over_; }

  /// Where to write the answer to the next request to. This and the next two: from inside the
  /// handler's functions only.
  [[nodiscard]] Buffer& begin_answer();
  /// The answer is written. After kTurnedAway come no further ones.
  void end_answer(Answered answered);
  /// The answer comes later, by `complete`; the request keeps `request_bytes` of memory until then.
  [[nodiscard]] Place defer(std::size_t request_bytes) {
    const Place place = waiting_.defer(request_bytes);
    measure();
    return place;
  }
  /// The answer to a deferred request.
  void complete(Place place, std::string_view answer, Answered answered);
  /// Stops handling requests until the last deferred answer is complete.
  void hold() { held_ = true; }

 private:
  friend struct FrameHandler;
  enum class Phase : std::uint8_t { kHandshake, kHttp, kWebSocket, kDraining };

  [[nodiscard]] bool held_back() const {
    return held_ || full_ || closing_ || waiting_.full(settings_.unsent_bytes_max, out_.size());
  }
  [[nodiscard]] bool may_read() const {
    return !over_ && !end_of_input_ && !is_in_line_ &&
           (phase_ == Phase::kDraining || (!held_back() && !stopping_));
  }
  void begin_http(std::uint64_t now_ms);
  // Reads into `to`: bytes, or 0 for nothing more, for now or for ever.
  std::size_t receive(char* to, std::size_t bytes, std::uint64_t now_ms);
  // Handles bytes in order as far as it may; returns how many.
  std::size_t handle(char* data, std::size_t bytes);
  // `needs_more`: see HttpResponder::Step.
  std::size_t handle_http(std::string_view data, bool& needs_more);
  std::size_t handle_websocket(char* data, std::size_t bytes);
  void handle_kept();
  void read_behind_kept(std::size_t bytes, std::uint64_t now_ms);
  void begin_draining(std::uint64_t now_ms);
  void go_on_stopping(std::uint64_t now_ms);

  // A client without a role may send little: it can only show a key.
  [[nodiscard]] std::size_t message_bytes_max() const {
    return access_.role == auth::Role::kNone
               ? std::min(limits::kMessageBytesWithoutRole, settings_.message_bytes_max)
               : settings_.message_bytes_max;
  }
  void run_http_command();
  void answer_http_metrics();
  // An HTTP answer was laid out.
  void on_http_answer();

  void give_answer(std::string_view answer, Answered answered);
  void append_control(Opcode opcode, std::string_view payload);
  void measure();
  // Handles nothing more; once all answers are given, says goodbye and ends.
  void close_after_answers(bool say_goodbye, std::uint16_t code);

  const Id id_;
  Channel channel_;
  const ConnectionSettings& settings_;
  RequestHandler& handler_;

  auth::Access access_;
  Phase phase_ = Phase::kHandshake;
  bool over_ = false;
  bool held_ = false;        // by the owner
  bool full_ = false;        // too much is unsent
  bool is_in_line_ = false;  // see await_turn
  bool kept_ready_ = false;  // kept_ holds requests, held back
  bool closing_ = false;     // see close_after_answers
  bool say_goodbye_ = false;
  bool stopping_ = false;
  bool end_of_input_ = false;
  bool answering_ = false;  // between begin_answer and end_answer
  bool pinged_ = false;     // since the last sign of life
  std::uint16_t close_code_ = 0;
  std::uint64_t life_ms_;       // last sign of life
  std::uint64_t phase_ms_ = 0;  // begin of the phase, but for the first
  std::size_t stop_bytes_ = 0;  // still to be taken in before the goodbye of a stop

  Buffer kept_;  // received, not handled yet
  SendQueue out_;
  std::unique_ptr<HttpResponder> http_;         // until an upgrade
  std::unique_ptr<WebSocketReader> websocket_;  // from then on
  Gates gates_;                                 // of out_
  TextFrameInPlace frame_;                      // of a WebSocket answer that is being written
  AnswerQueue waiting_;
};

}  // namespace seshdb::net
