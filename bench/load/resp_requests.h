// Redis' GET and SET, and the commands of Valkey's JSON module, in RESP 2. A session is one key or
// several.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

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
  // Writes the request of these words.
  void begin(std::initializer_list<std::string_view> words);
  void append_bulk(std::string_view text);
  [[nodiscard]] std::string_view command_of(Step step) const;

  bool json_;
  Documents documents_;
  std::string request_;
  std::string part_;
};

}  // namespace seshdb::bench
