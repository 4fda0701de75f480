// SeshDB's commands (docs/protocol.md). The documents have the keys user, user1, user2 ...; the
// text that grows has the key log.
#pragma once

#include <string>
#include <vector>

#include "load/requests.h"

namespace seshdb::bench {

class SeshRequests final : public Requests {
 public:
  explicit SeshRequests(const Options& options);

  [[nodiscard]] std::string_view text(const Ask& ask, SplitMix& random) override;
  [[nodiscard]] bool succeeded(Step step, std::string_view answer) const override;

 private:
  void begin(std::string_view command_begin, Token token);
  void append_documents(const Ask& ask);
  void append_update(const Ask& ask, SplitMix& random);
  void append_inside(const Ask& ask, SplitMix& random);
  void append_patch(const Ask& ask, SplitMix& random);
  void append_place(const Ask& ask, SplitMix& random);
  [[nodiscard]] std::uint32_t draw_place(SplitMix& random) const;

  const Options& options_;
  Documents documents_;
  std::vector<std::string> keys_;
  std::vector<std::string> get_ends_;  // the rest of a KV_GET after the token, for each key
  std::string new_request_;            // SH_NEW
  std::string request_;
  std::string value_;  // a part of it
};

}  // namespace seshdb::bench
