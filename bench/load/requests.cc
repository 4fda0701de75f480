// Chooses the writer of requests for each protocol.
#include "load/requests.h"

#include <charconv>
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

std::optional<std::uint64_t> token_in(std::string_view answer) {
  constexpr std::string_view kToken = R"("tkn":")";
  const std::size_t at = answer.find(kToken);
  if (at == std::string_view::npos) return std::nullopt;
  std::uint64_t token = 0;
  const char* const begin = answer.data() + at + kToken.size();
  if (std::from_chars(begin, answer.data() + answer.size(), token).ptr == begin) {
    return std::nullopt;
  }
  return token;
}

}  // namespace seshdb::bench
