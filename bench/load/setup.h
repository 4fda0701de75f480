// The setup before the work: makes the sessions, stores their documents and sets their expiry, in
// one pass over all sessions for each step.
#pragma once

#include <cstdint>

#include "load/client.h"
#include "load/progress.h"
#include "load/requests.h"
#include "load/sessions.h"

namespace seshdb::bench {

class Setup {
 public:
  Setup(const Options& options, Sessions& sessions, Requests& requests, Progress& progress)
      : options_(options),
        sessions_(sessions),
        requests_(requests),
        progress_(progress),
        random_(~options.seed) {}

  /// Throws std::runtime_error if an answer is not a success.
  void run(Client& client);
  /// When the first session expires; the last one expires within a second. 0 if no session expires.
  [[nodiscard]] std::uint64_t expiry_ns() const { return expiry_ns_; }

 private:
  class Pass;
  void run_pass(Client& client, Step step, std::uint32_t key, std::uint32_t first_slot);

  const Options& options_;
  Sessions& sessions_;
  Requests& requests_;
  Progress& progress_;
  SplitMix random_;
  std::uint64_t expiry_ns_ = 0;
  std::uint32_t pass_ = 0;
  std::uint32_t passes_ = 0;
};

}  // namespace seshdb::bench
