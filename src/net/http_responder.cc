// One request at a time: the next is read once the last one's answer is laid out, or its command
// has been handed to the caller.
#include "net/http_responder.h"

#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "net/http_rules.h"

namespace seshdb::net {

namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kMetrics = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::string_view kText = "text/plain; charset=utf-8";

// A TLS record of a handshake (RFC 8446, section 5.1). No request begins like this.
bool is_tls(std::string_view data) {
  return data.starts_with('\x16') && (data.size() == 1 || data[1] == '\x03');
}

}  // namespace

HttpResponder::HttpResponder(const Clock& clock, const OriginPolicy& origins, Admit admit,
                             std::size_t body_bytes_max, SendQueue& out, std::uint64_t now_ms)
    : clock_(clock),
      origins_(origins),
      admit_(std::move(admit)),
      out_(out),
      reader_(limits::kHttpHeaderBytesMax, body_bytes_max),
      begun_ms_(now_ms) {}

HttpResponder::Step HttpResponder::consume(std::string_view data, std::uint64_t now_ms) {
  SESHDB_CHECK(!closes_);
  const HttpReader::Result result = reader_.consume(data);
  const HttpRequest& request = reader_.request();
  keep_alive_ = request.keep_alive;
  is_http_1_1_ = request.is_http_1_1;
  with_body_ = request.method != "HEAD";
  Step step{.consumed = result.consumed};
  switch (result.progress) {
    case HttpReader::Progress::kNeedMore:
      step.needs_more = result.consumed == 0;
      if (!is_served_ && is_tls(data)) step.event = Event::kTls;
      break;
    case HttpReader::Progress::kHeader:
      if (const HttpDecision decision = decide_now(request);
          decision.action == HttpAction::kRefuse) {
        keep_alive_ = false;  // the body is not waited for
        step.event = take(request, decision);
      } else if (request.expects_continue && request.is_http_1_1) {
        out_.begin().append("HTTP/1.1 100 Continue\r\n\r\n");
      }
      break;
    case HttpReader::Progress::kDone:
      is_served_ = true;
      step.event = take(request, decide_now(request));
      if (step.event == Event::kNone) next(now_ms);
      break;
    case HttpReader::Progress::kRefused:
      if (!is_served_ && is_tls(data)) {
        step.event = Event::kTls;
      } else {
        refuse(reader_.refusal());
      }
      break;
  }
  return step;
}

void HttpResponder::next(std::uint64_t now_ms) {
  reader_.next();
  admission_.reset();
  begun_ms_ = now_ms;
}

HttpDecision HttpResponder::decide_now(const HttpRequest& request) {
  const HttpDecision decision = decide(request, origins_);
  if (!needs_admission(decision)) return decision;
  if (!admission_) admission_ = admit_(request, decision.action);
  if (admission_->status == 200) return decision;
  return {.action = HttpAction::kRefuse,
          .status = admission_->status,
          .message = admission_->body,
          .extra = admission_->extra,
          .is_json = true};
}

HttpResponder::Event HttpResponder::take(const HttpRequest& request, const HttpDecision& decision) {
  if (decision.action == HttpAction::kRefuse && decision.status == 400) keep_alive_ = false;
  cors_.clear();
  if (request.has_origin && decision.status != 403) {
    cors_ = "Access-Control-Allow-Origin: " + request.origin + "\r\nVary: Origin\r\n";
  }
  switch (decision.action) {
    case HttpAction::kRefuse:
      answer(decision.status, decision.is_json ? kJson : kText, decision.message, decision.extra);
      break;
    case HttpAction::kHealth:
      answer(200, kText, "ok\n");
      break;
    case HttpAction::kOptions:
      answer(decision.status, {}, {}, decision.extra);
      break;
    case HttpAction::kUpgrade:
      upgrade(request);
      return Event::kUpgraded;
    case HttpAction::kMetrics:
      return Event::kMetrics;
    case HttpAction::kCommand:
      return Event::kCommand;
  }
  return Event::kNone;
}

void HttpResponder::upgrade(const HttpRequest& request) {
  std::string lines = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
                      websocket_accept(request.websocket_key) + "\r\n";
  if (request.offers_subprotocol) {
    lines.append("Sec-WebSocket-Protocol: ").append(kSubprotocol).append("\r\n");
  }
  append_http_answer(
      {.status = 101, .content_type = {}, .extra = lines, .unix_ms = clock_.unix_ms()}, {},
      out_.begin());
}

void HttpResponder::refuse(unsigned status) {
  keep_alive_ = false;
  cors_.clear();
  answer(status, kText, refusal_text(status));
}

void HttpResponder::answer_metrics(std::string_view metrics) { answer(200, kMetrics, metrics); }

void HttpResponder::answer_command(std::string_view text, Answered answered) {
  switch (answered) {
    case Answered::kNothing:
      answer(204, {}, text);
      break;
    case Answered::kText:
      answer(200, kJson, text);
      break;
    case Answered::kTurnedAway:
      answer(429, kJson, text, retry_after());
      break;
  }
}

void HttpResponder::end_answer(Answered answered) {
  answer_command(body_.view(), answered);
  body_.clear();
}

void HttpResponder::answer(unsigned status, std::string_view type, std::string_view body,
                           std::string_view extra) {
  closes_ = !keep_alive_ || is_stopping_;
  append_http_answer({.status = status,
                      .content_type = type,
                      .extra = cors_ + std::string(extra),
                      .unix_ms = clock_.unix_ms(),
                      .keep_alive = !closes_,
                      .is_http_1_1 = is_http_1_1_,
                      .with_body = with_body_},
                     body, out_.begin());
}

}  // namespace seshdb::net
