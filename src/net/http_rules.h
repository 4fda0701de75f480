// Decides from the header of an HTTP request whether it is allowed and what the server does with
// it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/http.h"
#include "net/origin.h"

namespace seshdb::net {

enum class HttpAction : std::uint8_t {
  kRefuse,   // with `status`, `message` and `extra`
  kCommand,  // POST /: the body is a request
  kUpgrade,  // GET / to a WebSocket
  kHealth,   // GET /healthz
  kMetrics,  // GET /metrics
  kOptions,  // 204 with `extra`: the methods that are allowed here
};

/// What the connection's owner says of a request: it is let in, or refused with a body of JSON.
struct Admission {
  unsigned status = 200;  // of the refusal; 200: let in
  std::string body{};
  std::string extra{};  // header lines
};

struct HttpDecision {
  HttpAction action = HttpAction::kRefuse;
  unsigned status = 400;
  std::string_view message;
  std::string_view extra;  // header lines
  bool is_json = false;    // the message; else it is plain text
};

/// The header line of an answer 429 (RFC 6585, section 4).
[[nodiscard]] std::string retry_after();

/// Does it take an admission to get this answer? What has no valid form, comes from a page of
/// another origin, or asks for what everybody may know does not.
[[nodiscard]] bool needs_admission(const HttpDecision& decision);

[[nodiscard]] HttpDecision decide(const HttpRequest& request, const OriginPolicy& origins);

/// The body of an answer that refuses an incomplete request: 400, 408, 413, 431 or 501.
[[nodiscard]] std::string_view refusal_text(unsigned status);

}  // namespace seshdb::net
