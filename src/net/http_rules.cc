// The rules are checked in the order in which they stand here.
#include "net/http_rules.h"

#include "auth/guesses.h"

namespace seshdb::net {

namespace {

HttpDecision refuse(unsigned status, std::string_view message, std::string_view extra = {}) {
  return {.action = HttpAction::kRefuse, .status = status, .message = message, .extra = extra};
}

HttpDecision allow(HttpAction action) {
  return {.action = action, .status = 200, .message = {}, .extra = {}};
}

HttpDecision allow_options(std::string_view lines) {
  return {.action = HttpAction::kOptions, .status = 204, .message = {}, .extra = lines};
}

// The allowed methods: at /, at the other paths, and for pages of an allowed origin.
constexpr std::string_view kAllow = "Allow: OPTIONS, POST\r\n";
constexpr std::string_view kAllowReading = "Allow: GET, HEAD, OPTIONS\r\n";
constexpr std::string_view kAllowPages =
    "Access-Control-Allow-Methods: POST\r\n"
    "Access-Control-Allow-Headers: authorization, content-type\r\n"
    "Access-Control-Max-Age: 600\r\n";

HttpDecision decide_upgrade(const HttpRequest& request) {
  if (request.method != "GET" || !request.is_http_1_1) {
    return refuse(400, "open a WebSocket with GET over HTTP/1.1\n");
  }
  if (request.websocket_version != "13") {
    return refuse(426, "this server speaks WebSocket version 13\n",
                  "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
  }
  if (websocket_accept(request.websocket_key).empty()) {
    return refuse(400, "Sec-WebSocket-Key is not 16 bytes in base64\n");
  }
  return allow(HttpAction::kUpgrade);
}

}  // namespace

std::string retry_after() {
  return "Retry-After: " + std::to_string(auth::Guesses::kWaitSeconds) + "\r\n";
}

bool needs_admission(const HttpDecision& decision) {
  return decision.action != HttpAction::kHealth && decision.action != HttpAction::kOptions &&
         decision.status != 400 && decision.status != 403;
}

HttpDecision decide(const HttpRequest& request, const OriginPolicy& origins) {
  const bool asks_options = request.method == "OPTIONS";
  const bool only_reads = request.method == "GET" || request.method == "HEAD";
  if (only_reads && request.has_body) {  // many programs ignore it (RFC 9110, section 9.3.1)
    return refuse(400, "GET and HEAD must not have a body\n");
  }
  if (request.has_origin && !origins.allows(request.origin, request.host)) {
    return refuse(403, "pages of this origin are not allowed; see --allow-origin\n");
  }
  if (request.has_content_encoding) {
    return refuse(415, "a body must not have a Content-Encoding\n",
                  "Accept-Encoding: identity\r\n");
  }
  if (request.upgrades_to_websocket && request.path != "/") {
    return refuse(404, "open a WebSocket at /\n");
  }
  if (request.path == "/healthz" || request.path == "/metrics") {
    if (request.is_marked && !origins.knows(request.host)) {
      return refuse(403, "pages of this host are not allowed; see --allow-origin\n");
    }
    if (asks_options) return allow_options(kAllowReading);
    if (!only_reads) return refuse(405, "use GET\n", kAllowReading);
    return allow(request.path == "/healthz" ? HttpAction::kHealth : HttpAction::kMetrics);
  }
  if (request.path != "/" && request.path != "*") {  // RFC 9112, section 3.2.4: OPTIONS *
    return refuse(404, "the only paths are /, /healthz and /metrics\n");
  }
  if (request.upgrades_to_websocket) {
    return decide_upgrade(request);
  }
  if (asks_options) {
    return allow_options(request.has_origin && request.preflight ? kAllowPages : kAllow);
  }
  if (request.method != "POST") {
    return refuse(405, "send a command with POST, or open a WebSocket\n", kAllow);
  }
  if (request.content_type != "application/json") {
    return refuse(415, "send the command as Content-Type: application/json\n");
  }
  return allow(HttpAction::kCommand);
}

std::string_view refusal_text(unsigned status) {
  switch (status) {
    case 408:
      return "the request took too long\n";
    case 413:
      return "the message is too big; see --message-bytes-max\n";
    case 431:
      return "the header is too big\n";
    case 501:
      return "the only supported transfer coding is chunked\n";
    default:
      return "this is not a valid HTTP/1.1 request\n";
  }
}

}  // namespace seshdb::net
