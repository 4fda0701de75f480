// Redis' GET and SET, and JSON.GET and JSON.SET of Valkey's JSON module, in RESP 2. A session is
// one key or several.
#pragma once

#include <string>

#include "load/requests.h"

namespace seshdb::bench {

class RespRequests final : public Requests {
 public:
  explicit RespRequests(const Options& options)
      : json_(options.protocol == Protocol::kValkeyJson),
        documents_(options.document_shape, options.document_bytes) {}

  [[nodiscard]] std::string_view text(const Ask& ask, SplitMix& random) override;
  [[nodiscard]] bool succeeded(Step step, std::string_view answer) const override;

 private:
  void append_bulk(std::string_view text);

  bool json_;
  Documents documents_;
  std::string request_;
  std::string part_;
};

}  // namespace seshdb::bench
