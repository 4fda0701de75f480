// Chooses the writer of requests for each protocol.
#include "load/requests.h"

#include <string>

#include "load/resp_requests.h"
#include "load/sesh_requests.h"

namespace seshdb::bench {

namespace {

// A GET of the same path each time; the wire writes it (wire.h).
class StaticRequests final : public Requests {
 public:
  [[nodiscard]] std::string_view text(const Ask& /*ask*/, SplitMix& /*random*/) override {
    return {};
  }
  // The wire throws for every answer but a 200.
  [[nodiscard]] bool succeeded(Step /*step*/, std::string_view /*answer*/) const override {
    return true;
  }
};

}  // namespace

std::unique_ptr<Requests> make_requests(const Options& options) {
  switch (options.protocol) {
    case Protocol::kRedis:
    case Protocol::kValkeyJson:
      return std::make_unique<RespRequests>(options);
    case Protocol::kHttpStatic:
      return std::make_unique<StaticRequests>();
    case Protocol::kWebSocket:
    case Protocol::kHttp:
      break;
  }
  return std::make_unique<SeshRequests>(options);
}

std::optional<Token> token_in(std::string_view answer) {
  constexpr std::string_view kToken = R"("tkn":")";
  const std::size_t at = answer.find(kToken);
  if (at == std::string_view::npos) return std::nullopt;
  Token token = 0;
  for (const char c : answer.substr(at + kToken.size())) {
    if (c < '0' || c > '9') break;
    token = token * 10 + static_cast<unsigned>(c - '0');
  }
  return token == 0 ? std::nullopt : std::optional(token);
}

}  // namespace seshdb::bench
