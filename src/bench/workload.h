// The requests: first those that make the sessions and their documents, then the work. And a look
// at each answer, cheap but enough to count what went wrong.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/options.h"

namespace seshdb::bench {

class Workload {
 public:
  explicit Workload(const Options& options);

  /// Steps before the work: 0 where there is nothing to be made.
  [[nodiscard]] std::uint32_t prefill_steps() const;
  /// The request of step `step` about session `session`, until the next call.
  [[nodiscard]] std::string_view prefill(std::uint32_t step, std::uint32_t session);
  /// Its answer. Throws std::runtime_error where it is none that helps.
  void prefilled(std::uint32_t step, std::uint32_t session, std::string_view answer);

  /// A request of the work, about some session, until the next call.
  [[nodiscard]] std::string_view next();
  /// Is this how a success of the work looks?
  [[nodiscard]] bool succeeded(std::string_view answer) const;

 private:
  [[nodiscard]] std::uint64_t random();
  [[nodiscard]] std::string_view sesh_request(Work work, std::uint64_t token);
  [[nodiscard]] std::string_view redis_request(Work work, std::uint32_t session);

  const Options& options_;
  std::vector<std::uint64_t> tokens_;
  std::string document_;
  std::string request_;
  std::uint64_t random_;
  std::uint64_t count_ = 0;
};

}  // namespace seshdb::bench
