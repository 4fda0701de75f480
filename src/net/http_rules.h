// What an HTTP request to the server may be, decided from its header alone.
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
  kOptions,  // 204 with `extra`: what may be asked for here, or by a page of an allowed origin
};

struct HttpDecision {
  HttpAction action = HttpAction::kRefuse;
  unsigned status = 400;
  std::string_view message;
  std::string_view extra;  // header lines
};

[[nodiscard]] HttpDecision decide(const HttpRequest& request, const OriginPolicy& origins);

/// What the body says where a request is refused before it is whole: 400, 408, 413, 431 or 501.
[[nodiscard]] std::string_view refusal_text(unsigned status);

}  // namespace seshdb::net
