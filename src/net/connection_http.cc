// The connection as long as it speaks HTTP: requests to their answers, and the upgrade.
#include <utility>

#include "base/utf8.h"
#include "net/connection.h"
#include "net/http_rules.h"

namespace seshdb::net {

namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kMetrics = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::string_view kText = "text/plain; charset=utf-8";

}  // namespace

std::size_t Connection::handle_http(std::string_view data, bool& more) {
  const HttpReader::Result result = http_->consume(data);
  const HttpRequest& request = http_->request();
  keep_alive_ = request.keep_alive;
  is_http_1_1_ = request.is_http_1_1;
  with_body_ = request.method != "HEAD";
  switch (result.progress) {
    case HttpReader::Progress::kNeedMore:
      more = result.consumed != 0;
      break;
    case HttpReader::Progress::kHeader:
      if (decide(request, settings_.origins).action == HttpAction::kRefuse) {
        keep_alive_ = false;  // the body is not waited for
        on_http_request(request);
      } else if (request.expects_continue && request.is_http_1_1) {
        out_.begin().append("HTTP/1.1 100 Continue\r\n\r\n");
      }
      break;
    case HttpReader::Progress::kDone:
      served_ = true;
      on_http_request(request);
      if (phase_ == Phase::kHttp) {
        http_->next();
        phase_ms_ = life_ms_;
      } else {
        http_.reset();
      }
      break;
    case HttpReader::Progress::kRefused:
      refuse_http(http_->refusal());
      break;
  }
  return result.consumed;
}

void Connection::on_http_request(const HttpRequest& request) {
  const HttpDecision decision = decide(request, settings_.origins);
  if (decision.action == HttpAction::kRefuse && decision.status == 400) keep_alive_ = false;
  cors_.clear();
  if (request.has_origin && decision.status != 403) {
    cors_ = "Access-Control-Allow-Origin: " + request.origin + "\r\nVary: Origin\r\n";
  }
  switch (decision.action) {
    case HttpAction::kRefuse:
      answer_http(decision.status, kText, decision.message, decision.extra);
      break;
    case HttpAction::kHealth:
      answer_http(200, kText, "ok\n");
      break;
    case HttpAction::kMetrics: {
      Buffer metrics;
      handler_.write_metrics(metrics);
      answer_http(200, kMetrics, metrics.view());
      break;
    }
    case HttpAction::kOptions:
      answer_http(decision.status, {}, {}, decision.extra);
      break;
    case HttpAction::kUpgrade:
      upgrade(request);
      break;
    case HttpAction::kCommand:
      if (is_utf8(request.body.view())) {
        handler_.on_request(*this, request.body.view());
        handler_.run_requests(*this);
      } else {
        handler_.on_no_text(*this, RequestHandler::NoText::kNotUtf8);
      }
      held_ = held_ || !waiting_.empty();  // one request at a time
      break;
  }
}

void Connection::upgrade(const HttpRequest& request) {
  std::string lines = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
                      websocket_accept(request.websocket_key) + "\r\n";
  if (request.offers_subprotocol) {
    lines.append("Sec-WebSocket-Protocol: ").append(kSubprotocol).append("\r\n");
  }
  append_http_answer(
      {.status = 101, .content_type = {}, .extra = lines, .unix_ms = settings_.clock.unix_ms()}, {},
      out_.begin());
  phase_ = Phase::kWebSocket;
  websocket_ = std::make_unique<WebSocketReader>(settings_.message_bytes_max);
}

void Connection::refuse_http(unsigned status) {
  keep_alive_ = false;
  cors_.clear();
  answer_http(status, kText, refusal_text(status));
}

void Connection::answer_command(std::string_view answer, bool any) {
  answer_http(any ? 200 : 204, any ? kJson : std::string_view(), answer);
}

void Connection::answer_http(unsigned status, std::string_view type, std::string_view body,
                             std::string_view extra) {
  const bool keep = keep_alive_ && !stopping_;
  append_http_answer({.status = status,
                      .content_type = type,
                      .extra = cors_ + std::string(extra),
                      .unix_ms = settings_.clock.unix_ms(),
                      .keep_alive = keep,
                      .is_http_1_1 = is_http_1_1_,
                      .with_body = with_body_},
                     body, out_.begin());
  if (!keep) {
    close_after_answers(false, 0);
  }
  measure();
}

}  // namespace seshdb::net
