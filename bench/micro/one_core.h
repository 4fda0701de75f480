// What commands need of a core, without a server around it: sessions with one document each, a
// clock that stands still, and nothing random, so that every run does the same. One thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "commands/executor.h"
#include "commands/tally.h"
#include "micro/documents.h"
#include "store/store.h"

namespace seshdb::micro {

class OneCore {
 public:
  /// Makes sessions 0 to `sessions` - 1, of token_of(number), each with `document` under kKey.
  OneCore(std::uint32_t sessions, std::string_view document);

  [[nodiscard]] std::uint32_t sessions() const { return sessions_; }
  [[nodiscard]] store::Store& store() { return store_; }
  [[nodiscard]] const commands::Context& context() const { return context_; }
  [[nodiscard]] commands::Executor& executor() { return executor_; }

 private:
  class SameNumbers final : public Random {
   public:
    [[nodiscard]] std::uint64_t next() override { return numbers_.next(); }

   private:
    Numbers numbers_{7};
  };

  const std::uint32_t sessions_;
  ManualClock clock_;
  SameNumbers random_;
  const store::Secret secret_{};
  store::Store store_;
  commands::Tally tally_;
  commands::Context context_;
  commands::Executor executor_;
};

}  // namespace seshdb::micro
